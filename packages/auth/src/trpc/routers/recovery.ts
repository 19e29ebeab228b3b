import { fullStepUpProcedure, protectedProcedure, publicProcedure, router, stepUpProcedure } from "../init.ts";
import { changeEmailInput, requestPasswordResetInput, resetPasswordInput, verifyEmailInput } from "../input.ts";
import { exportOutput } from "../output.ts";

/**
 * Recovery by mail, and the end of an account. Links are consumed by mutations alone, so by POST: whatever follows the links
 * of a mail before its reader does (scanners, previews) uses none up.
 */
export const recoveryRouter = router({
  requestPasswordReset: publicProcedure.input(requestPasswordResetInput).mutation(async ({ ctx, input }) => {
    await ctx.auth.requestPasswordReset({ ...input, client: ctx.client });
    return { requested: true as const };
  }),

  resetPassword: publicProcedure.input(resetPasswordInput).mutation(async ({ ctx, input }) => {
    await ctx.auth.resetPassword({ ...input, client: ctx.client });
    return { changed: true as const };
  }),

  requestEmailVerification: protectedProcedure.mutation(async ({ ctx }) => {
    await ctx.auth.requestEmailVerification({ principal: ctx.principal, client: ctx.client });
    return { requested: true as const };
  }),

  verifyEmail: publicProcedure.input(verifyEmailInput).mutation(async ({ ctx, input }) => {
    const { changed } = await ctx.auth.verifyEmail({ ...input, client: ctx.client });
    return { verified: true as const, changed };
  }),

  changeEmail: fullStepUpProcedure.input(changeEmailInput).mutation(async ({ ctx, input }) => {
    await ctx.auth.changeEmail({ ...input, principal: ctx.principal, client: ctx.client });
    return { requested: true as const };
  }),

  exportData: stepUpProcedure.query(async ({ ctx }) =>
    exportOutput(await ctx.auth.exportData({ principal: ctx.principal, client: ctx.client }), ctx.session.id),
  ),

  deleteAccount: fullStepUpProcedure.mutation(async ({ ctx }) => {
    await ctx.auth.deleteAccount({ principal: ctx.principal, client: ctx.client });
    ctx.tokenCookies.clearCookies(ctx.cookies, ctx.request);
    return { deleted: true as const };
  }),
});
