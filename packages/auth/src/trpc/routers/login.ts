import { AuthError } from "../../core/domain/errors.ts";
import type { AuthContext } from "../context.ts";
import { publicProcedure, router } from "../init.ts";
import { beginSecondFactorInput, completeLoginInput, loginInput } from "../input.ts";
import type { LoginOutput, SecondFactorOutput } from "../output.ts";
import { respondWithChallenge, respondWithNewTokens } from "../respond.ts";

/**
 * The login. For an account with a second factor it is answered with a challenge, which `completeLogin` takes: from its cookie, or
 * from the body for a client without cookies.
 */
export const loginRouter = router({
  login: publicProcedure
    .input(loginInput)
    .mutation(async ({ ctx, input }): Promise<LoginOutput | SecondFactorOutput> => {
      const { delivery = "cookie", rememberMe = true, ...credentials } = input;
      const deviceToken = ctx.tokenCookies.deviceToken(ctx.request);
      const result = await ctx.auth.login({ ...credentials, deviceToken, delivery, rememberMe, ...ctx.client });
      if (result.status === "second_factor_required") return respondWithChallenge(ctx, result);
      return respondWithNewTokens(ctx, result);
    }),

  /** For a page that was loaded anew between the factors. By cookie alone: an address is no place for a secret. */
  pendingLogin: publicProcedure.query(async ({ ctx }) => {
    const challenge = ctx.tokenCookies.challengeToken(ctx.request);
    const { methods, expiresIn } = await ctx.auth.findPendingLogin({ challenge, delivery: "cookie" });
    return { methods: [...methods], expiresIn };
  }),

  beginSecondFactor: publicProcedure.input(beginSecondFactorInput).mutation(async ({ ctx, input }) => {
    const { options } = await ctx.auth.beginSecondFactor({
      method: input.method,
      ...presentedChallenge(ctx, input.challenge),
    });
    return { options: { ...options } };
  }),

  completeLogin: publicProcedure.input(completeLoginInput).mutation(async ({ ctx, input }): Promise<LoginOutput> => {
    const { method, response, challenge } = input;
    const deviceToken = ctx.tokenCookies.deviceToken(ctx.request);
    const presented = presentedChallenge(ctx, challenge);
    const issued = await ctx.auth.completeLogin({ method, response, deviceToken, ...presented, ...ctx.client });
    if (presented.delivery === "cookie") ctx.tokenCookies.clearChallenge(ctx.cookies, ctx.request);
    return respondWithNewTokens(ctx, issued);
  }),
});

/** From the cookie, or from the body; with both, the login of a request would be ambiguous. */
function presentedChallenge(ctx: AuthContext, inBody: string | undefined) {
  const inCookie = ctx.tokenCookies.challengeToken(ctx.request);
  if (inBody !== undefined && inCookie !== undefined) {
    const message = "Send the challenge in the cookie or in the body, not in both";
    throw new AuthError("validation_failed", { message, fields: { challenge: [message] } });
  }
  return inBody === undefined
    ? { challenge: inCookie, delivery: "cookie" as const }
    : { challenge: inBody, delivery: "body" as const };
}
