import { AuthError } from "../../core/domain/errors.ts";
import { pageOfSessions } from "../../core/domain/session-page.ts";
import type { AuthContext } from "../context.ts";
import { mergeRouters, protectedProcedure, publicProcedure, router, stepUpProcedure } from "../init.ts";
import {
  auditLogInput,
  changeNameInput,
  changePasswordInput,
  endSessionInput,
  logoutInput,
  refreshInput,
  sessionsInput,
} from "../input.ts";
import {
  auditPageOutput,
  credentialsOutput,
  passwordChangedOutput,
  sessionOutput,
  sessionPageOutput,
  userOutput,
} from "../output.ts";
import { ignoreConflict, respondWithStepUp, respondWithTokens } from "../respond.ts";
import { loginRouter } from "./login.ts";
import { recoveryRouter } from "./recovery.ts";
import { registrationRouter } from "./registration.ts";
import { stepUpRouter } from "./step-up.ts";

/** Sessions on the wire. What each call means is in core/auth.ts; here it only gets its inputs and its cookies. */
const sessionRouter = router({
  refresh: publicProcedure.input(refreshInput).mutation(async ({ ctx, input }) => {
    // A rejection clears no cookies: by the time it arrives the browser may hold those of a new login. See `clearDeadCookies`.
    const presented = presentedRefreshToken(ctx, input?.refreshToken);
    return respondWithTokens(ctx, await ctx.auth.refresh({ client: ctx.client, ...presented }));
  }),

  /**
   * Clears the cookies of a session that is over, and ends none: a browser with cookies of a living session keeps them. For a
   * client that got a terminal rejection, under its lock and while its hint still names that session.
   */
  clearDeadCookies: publicProcedure.mutation(async ({ ctx }) => {
    const cleared = await isDead(ctx);
    if (cleared) ctx.tokenCookies.clearCookies(ctx.cookies, ctx.request);
    return { cleared };
  }),

  logout: publicProcedure.input(logoutInput).mutation(async ({ ctx, input }) => {
    const accessToken = ignoreConflict(() => ctx.tokenCookies.accessToken(ctx.request));
    const inCookies = ctx.tokenCookies.refreshCookies(ctx.request);
    // At least once, for the access token alone. Two different cookies are two sessions, and "logged out" is said of both.
    const refreshTokens = input?.refreshToken === undefined ? inCookies : [input.refreshToken];
    for (const refreshToken of refreshTokens.length > 0 ? refreshTokens : [undefined]) {
      await ctx.auth.logout({ refreshToken, accessToken });
    }
    ctx.tokenCookies.clearCookies(ctx.cookies, ctx.request);
    return { loggedOut: true as const };
  }),

  logoutEverywhere: protectedProcedure.mutation(async ({ ctx }) => {
    await ctx.auth.logoutEverywhere(ctx.user.id, ctx.session.id);
    ctx.tokenCookies.clearCookies(ctx.cookies, ctx.request);
    return { loggedOut: true as const };
  }),

  endSession: protectedProcedure.input(endSessionInput).mutation(async ({ ctx, input }) => {
    if (!(await ctx.auth.endSession(ctx.principal, input.sessionId))) throw new AuthError("not_found");
    if (input.sessionId === ctx.session.id) ctx.tokenCookies.clearCookies(ctx.cookies, ctx.request);
    return { ended: 1 };
  }),

  endOtherSessions: protectedProcedure.mutation(async ({ ctx }) => ({
    ended: await ctx.auth.endOtherSessions(ctx.principal),
  })),

  me: protectedProcedure.query(({ ctx }) => ({
    user: userOutput(ctx.user),
    session: sessionOutput(ctx.session),
    expiresIn: ctx.principal.expiresIn,
    refreshExpiresIn: ctx.principal.refreshExpiresIn,
  })),

  sessions: protectedProcedure.input(sessionsInput).query(async ({ ctx, input }) => {
    const sessions = await ctx.auth.listSessions(ctx.user.id);
    const query = { currentId: ctx.session.id, cursor: input?.cursor ?? undefined, limit: input?.limit };
    return sessionPageOutput(pageOfSessions(sessions, query), ctx.session.id);
  }),

  credentials: protectedProcedure.query(async ({ ctx }) => ({
    credentials: credentialsOutput(await ctx.auth.listCredentials(ctx.user.id)),
  })),

  timeline: protectedProcedure.input(auditLogInput).query(async ({ ctx, input }) => {
    const before = input?.cursor ?? undefined;
    const page = await ctx.auth.listAuditEntries(ctx.user.id, { ...input, before });
    return auditPageOutput(page, ctx.session.id);
  }),

  changePassword: protectedProcedure.input(changePasswordInput).mutation(async ({ ctx, input }) => {
    const { delivery } = ctx.session;
    const inCookie = ignoreConflict(() => ctx.tokenCookies.refreshCookie(ctx.request));
    const refreshToken = delivery === "cookie" ? inCookie : input.refreshToken;
    const stepUpToken = ctx.tokenCookies.stepUpToken(ctx.request, delivery);
    const asker = { principal: ctx.principal, client: ctx.client, stepUpToken };
    const changed = await ctx.auth.changePassword({ ...asker, ...input, refreshToken });
    if (changed.issued) respondWithTokens(ctx, changed.issued);
    respondWithStepUp(ctx, changed.stepUp, ctx.session);
    return passwordChangedOutput(changed, delivery);
  }),

  changeName: stepUpProcedure.input(changeNameInput).mutation(async ({ ctx, input }) => ({
    name: await ctx.auth.changeName({ principal: ctx.principal, client: ctx.client, ...input }),
  })),
});

/** The login on the wire. */
export const authRouter = mergeRouters(registrationRouter, loginRouter, sessionRouter, stepUpRouter, recoveryRouter);

export type AuthRouter = typeof authRouter;

/** Every refresh token among the cookies is rejected for good; where there is none, the access token is. */
async function isDead({ auth, tokenCookies, request, caller }: AuthContext): Promise<boolean> {
  const refreshTokens = tokenCookies.refreshCookies(request);
  for (const refreshToken of refreshTokens) {
    if (!(await auth.isRefreshDead({ refreshToken, delivery: "cookie" }))) return false;
  }
  if (refreshTokens.length > 0) return true;
  try {
    await caller.authenticate();
    return false;
  } catch (error) {
    if (error instanceof AuthError && error.status !== 503) return true;
    throw error;
  }
}

/** From the cookie, or from the body for a client without cookies; with both, the session of a request would be ambiguous. */
function presentedRefreshToken(ctx: AuthContext, inBody: string | undefined) {
  const inCookie = ctx.tokenCookies.refreshCookie(ctx.request);
  if (inBody !== undefined && inCookie !== undefined) {
    const message = "Send the refresh token in the cookie or in the body, not in both";
    throw new AuthError("validation_failed", { message, fields: { refreshToken: [message] } });
  }
  if (inBody !== undefined) return { refreshToken: inBody, delivery: "body" as const };
  if (inCookie !== undefined) return { refreshToken: inCookie, delivery: "cookie" as const };
  throw new AuthError("refresh_token_missing");
}
