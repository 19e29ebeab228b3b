import { type AnyRouter, getTRPCErrorShape, TRPCError } from "@trpc/server";
import type { AuthError } from "../../core/domain/errors.ts";
import type { PlainAnswer } from "./direct/answer-writer.ts";

/** Every response is about one user, or sets a cookie: no cache may keep it (ASVS 14.3.2). */
export const personalHeaders = {
  "cache-control": "no-store",
  vary: "cookie, authorization",
  "x-content-type-options": "nosniff",
};

/** A rejection outside of a procedure, in the form that the router's own errors have: typed clients read both alike. */
export function rejectionAnswer(router: AnyRouter, cause: AuthError): PlainAnswer {
  const error = getTRPCErrorShape({
    config: router._def._config,
    error: new TRPCError({ code: cause.code, message: cause.message, cause }),
    type: "unknown",
    path: undefined,
    input: undefined,
    ctx: undefined,
  });
  const retryAfter = cause.retryAfterSeconds ? [["retry-after", String(Math.ceil(cause.retryAfterSeconds))]] : [];
  const headers = [["content-type", "application/json"], ...Object.entries(personalHeaders), ...retryAfter];
  return { status: cause.status, headers: headers.flat(), cookies: [], body: JSON.stringify({ error }) };
}

export function rejectionResponse(router: AnyRouter, cause: AuthError): Response {
  return responseOf(rejectionAnswer(router, cause));
}

/** The same answer for a host that speaks the Fetch standard. */
export function responseOf({ status, headers: flat, cookies, body }: PlainAnswer): Response {
  const headers = new Headers();
  for (let at = 0; at < flat.length; at += 2) headers.append(flat[at] ?? "", flat[at + 1] ?? "");
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(body, { status, headers });
}
