import { initTRPC, TRPCError } from "@trpc/server";
import { AuthError } from "../core/errors.ts";
import type { AuthContext } from "./context.ts";
import { describeFailure } from "./failure.ts";

const t = initTRPC.context<AuthContext>().create({
  isDev: false, // no stack in an answer, in development either: the log has it
  errorFormatter: ({ shape, error }) => {
    const { message, ...failure } = describeFailure(error);
    return { ...shape, message, data: { ...shape.data, ...failure } };
  },
});

export const { router, mergeRouters, createCallerFactory } = t;

/** Gives an `AuthError` its tRPC code; whatever else a procedure throws is tRPC's own business (and a 500). */
const withAuthErrors = t.middleware(async ({ next }) => {
  const result = await next();
  if (result.ok || !(result.error.cause instanceof AuthError)) return result;
  const { code, message } = result.error.cause;
  throw new TRPCError({ code, message, cause: result.error.cause });
});

/** For anybody. */
export const publicProcedure = t.procedure.use(withAuthErrors);

/**
 * For whoever is logged in: takes the access cookie or `Authorization: Bearer`, and gives `ctx.user` and `ctx.session`.
 * Refuses with 401 and the reason otherwise (see `Auth.verify`).
 */
export const protectedProcedure = publicProcedure.use(async ({ ctx, next }) => {
  const principal = await ctx.authenticate();
  return next({ ctx: { ...principal, principal } });
});
