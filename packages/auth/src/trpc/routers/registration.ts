import { publicProcedure, router } from "../init.ts";
import { completeRegistrationInput, registerInput, requestRegistrationInput } from "../input.ts";
import { respondWithNewTokens } from "../respond.ts";

/** How accounts begin. Where they begin by mail, `register` is closed; the link is consumed by a mutation, so by POST. */
export const registrationRouter = router({
  register: publicProcedure.input(registerInput).mutation(async ({ ctx, input }) => {
    const { delivery = "cookie", ...account } = input;
    return respondWithNewTokens(
      ctx,
      await ctx.auth.register({ ...account, delivery, rememberMe: true, ...ctx.client }),
    );
  }),

  requestRegistration: publicProcedure.input(requestRegistrationInput).mutation(async ({ ctx, input }) => {
    await ctx.auth.requestRegistration({ ...input, client: ctx.client });
    return { requested: true as const };
  }),

  completeRegistration: publicProcedure.input(completeRegistrationInput).mutation(async ({ ctx, input }) => {
    const { delivery = "cookie", ...account } = input;
    const start = { delivery, rememberMe: true, ...ctx.client };
    return respondWithNewTokens(ctx, await ctx.auth.completeRegistration({ ...account, ...start }));
  }),
});
