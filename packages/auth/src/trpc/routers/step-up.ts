import { protectedProcedure, router } from "../init.ts";
import { beginStepUpInput, confirmInput, confirmPasswordInput } from "../input.ts";
import { passwordConfirmedOutput, stepUpBegunOutput } from "../output.ts";
import { respondWithStepUp } from "../respond.ts";

/** A credential is proven again in a session, for what is dangerous. */
export const stepUpRouter = router({
  confirmPassword: protectedProcedure.input(confirmPasswordInput).mutation(async ({ ctx, input }) => {
    const { principal, client, session } = ctx;
    const stepUpToken = ctx.tokenCookies.stepUpToken(ctx.request, session.delivery);
    const stepUp = await ctx.auth.confirmPassword({ principal, client, stepUpToken, ...input });
    respondWithStepUp(ctx, stepUp, session);
    return passwordConfirmedOutput(stepUp, session.delivery);
  }),

  beginStepUp: protectedProcedure.input(beginStepUpInput).mutation(async ({ ctx, input }) => {
    const { principal, client, session, tokenCookies } = ctx;
    const begun = await ctx.auth.beginStepUp({ principal, client, ...input });
    const { challenge, expiresIn } = begun;
    const { delivery, rememberMe } = session;
    if (challenge && delivery === "cookie") {
      tokenCookies.setChallenge(ctx.cookies, ctx.request, { challenge, expiresIn, rememberMe });
    }
    return stepUpBegunOutput(begun, delivery);
  }),

  confirm: protectedProcedure.input(confirmInput).mutation(async ({ ctx, input }) => {
    const { principal, client, session, tokenCookies } = ctx;
    const { delivery } = session;
    const inCookie = tokenCookies.challengeToken(ctx.request);
    const challenge = delivery === "cookie" ? inCookie : input.challenge;
    const stepUpToken = tokenCookies.stepUpToken(ctx.request, delivery);
    const stepUp = await ctx.auth.confirm({ principal, client, stepUpToken, ...input, challenge });
    if (delivery === "cookie" && inCookie !== undefined) tokenCookies.clearChallenge(ctx.cookies, ctx.request);
    respondWithStepUp(ctx, stepUp, session);
    return passwordConfirmedOutput(stepUp, delivery);
  }),
});
