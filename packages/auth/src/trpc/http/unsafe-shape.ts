import { AuthError } from "../../core/domain/errors.ts";
import { asksForStream } from "../subscriptions/stream-life.ts";
import { mediaTypeOf } from "./direct/plain-call.ts";

/**
 * - Multipart is what a form of another site can send without asking first, and tRPC runs a mutation without input on it.
 * - A batch of logins would be a batch of guesses; two that both set cookies would make it a race which counts.
 * - A streamed response has sent its headers before a procedure can set a cookie: the cookie would be lost.
 *
 * @param pathname of the request's address, as it was sent
 * @throws {AuthError} `method_not_allowed` | `unsupported_media_type` | `stream_sets_no_cookies` | `validation_failed`
 */
export function rejectUnsafeShape({ method, headers }: Request, pathname: string, endpoint: string): void {
  if (method !== "GET" && method !== "POST") throw new AuthError("method_not_allowed");
  const mediaType = mediaTypeOf(headers.get("content-type") ?? "");
  if (method === "POST" && mediaType !== "application/json" && mediaType !== "application/octet-stream") {
    throw new AuthError("unsupported_media_type");
  }
  const calls = authCalls(pathsOf(pathname, endpoint));
  if (calls > 0 && asksForStream(headers)) throw new AuthError("stream_sets_no_cookies");
  if (calls > 1) throw new AuthError("validation_failed", { message: "Send at most one auth call in a batch" });
}

/** These set no cookie and check no password: they may travel in any company and in any way. */
const readOnlyAuthCalls: ReadonlySet<string> = new Set(["auth.me", "auth.sessions", "auth.timeline"]);

/** How many of the calls set cookies or check a password. */
export function authCalls(paths: readonly string[]): number {
  return paths.filter((path) => path.startsWith("auth.") && !readOnlyAuthCalls.has(path)).length;
}

function pathsOf(pathname: string, endpoint: string): string[] {
  try {
    return decodeURIComponent(pathname.slice(endpoint.length).replace(/^\/|\/$/g, "")).split(",");
  } catch {
    throw new AuthError("validation_failed");
  }
}
