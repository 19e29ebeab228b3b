import { type AnyRouter, getTRPCErrorShape, TRPCError } from "@trpc/server";
import type { AuthError } from "../../core/domain/errors.ts";

/** Every response is about one user, or sets a cookie: no cache may keep it (ASVS 14.3.2). */
export const personalHeaders = {
  "cache-control": "no-store",
  vary: "cookie, authorization",
  "x-content-type-options": "nosniff",
};

/** A rejection outside of a procedure, in the form that the router's own errors have: typed clients read both alike. */
export function rejectionResponse(router: AnyRouter, cause: AuthError): Response {
  const error = getTRPCErrorShape({
    config: router._def._config,
    error: new TRPCError({ code: cause.code, message: cause.message, cause }),
    type: "unknown",
    path: undefined,
    input: undefined,
    ctx: undefined,
  });
  const retryAfter = cause.retryAfterSeconds ? { "retry-after": String(Math.ceil(cause.retryAfterSeconds)) } : {};
  return Response.json({ error }, { status: cause.status, headers: { ...personalHeaders, ...retryAfter } });
}
