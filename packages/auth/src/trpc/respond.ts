import { AuthError } from "../core/domain/errors.ts";
import type { IssuedStepUp, IssuedTokens, Session } from "../core/domain/model.ts";
import type { AuthContext } from "./context.ts";
import { type LoginOutput, loginOutput } from "./output.ts";

/**
 * Hands out the tokens of a new session, and ends the one whose cookies they replace: nobody could use or see it any more
 * (ASVS 7.2.4). Best effort, because the login itself has succeeded.
 */
export async function respondWithNewTokens(ctx: AuthContext, issued: IssuedTokens): Promise<LoginOutput> {
  const replaced =
    issued.session.delivery === "cookie" && ignoreConflict(() => ctx.transport.refreshCookie(ctx.request));
  if (replaced) {
    await ctx.auth.logout({ refreshToken: replaced, accessToken: undefined }).catch((error: unknown) => {
      if (!(error instanceof AuthError)) throw error;
    });
  }
  return respondWithTokens(ctx, issued);
}

/** A pair goes into cookies, or stays in the answer's body for whoever has none. */
export function respondWithTokens(ctx: AuthContext, issued: IssuedTokens): LoginOutput {
  if (issued.session.delivery === "cookie") ctx.transport.setCookies(ctx.cookies, ctx.request, issued);
  return loginOutput(issued);
}

/** A step-up secret goes the way of its session's tokens; what is in the body is for the answer to say. */
export function respondWithStepUp(ctx: AuthContext, stepUp: IssuedStepUp, { delivery, rememberMe }: Session): void {
  if (delivery === "cookie") ctx.transport.setStepUp(ctx.cookies, ctx.request, { stepUp, rememberMe });
}

/** For calls that get along without the token. */
export function ignoreConflict(read: () => string | undefined): string | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AuthError) return undefined;
    throw error;
  }
}
