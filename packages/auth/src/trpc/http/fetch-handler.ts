import type { AnyRouter, TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import type { Delay } from "../../core/domain/clock.ts";
import { AuthError } from "../../core/domain/errors.ts";
import type { Auth } from "../../core/index.ts";
import type { ProxyTrust } from "../client-address/client-address.ts";
import { createAuthContext } from "../context.ts";
import { errorIdOf } from "../error-id.ts";
import { toErrorPayload } from "../errors.ts";
import { asksForStream } from "../subscriptions/stream-life.ts";
import { createStreamLimit } from "../subscriptions/stream-limit.ts";
import { headersSink, type TokenCookies } from "../token-cookies.ts";
import { personalHeaders, rejectionResponse } from "./rejection-response.ts";
import { readBody } from "./request-body.ts";
import { rejectCrossSite } from "./same-origin.ts";
import { challengeOf } from "./www-authenticate.ts";

export interface FetchHandlerOptions extends ProxyTrust {
  /** The whole router of the app, with `auth` in it under that name. */
  router: AnyRouter;
  auth: Auth;
  tokenCookies: TokenCookies;
  /** Where the router stands, such as `/api/trpc`. */
  endpoint: string;
  appUrl: string;
  /** How streams wait between two checks of their session. By the machine's timers unless given. */
  delay?: Delay;
  /** Aborted when the server is about to end: streams ask their clients to connect again, to the next one. */
  closing?: AbortSignal;
  /** Called for every internal error (500) and every failure of the store (503), with the id that stands in the response. */
  onError?: (report: { path: string | undefined; error: TRPCError; id: string }) => void;
}

/** What a host knows of a request beside what stands in it. */
export interface RequestSource {
  /** See `AuthContextOptions.clientAddress`. */
  clientAddress: string | null;
}

/** Handles one request. What a host knows beside the `Request` it gives in `source`. */
export type FetchHandler = (request: Request, source?: RequestSource) => Promise<Response>;

/** The most calls in one request. */
const largestBatch = 20;

/**
 * The HTTP handler: rejects what must never reach a procedure, and gives the rest to tRPC. Fits wherever a `Request` comes in
 * and a `Response` goes out.
 */
export function createFetchHandler(options: FetchHandlerOptions): FetchHandler {
  const { router, auth, tokenCookies, endpoint, appUrl, delay, closing, onError } = options;
  const { trustedProxyHops, trustedProxies, proxyHeader, onAddressProblem } = options;
  const trust: ProxyTrust = { trustedProxyHops, trustedProxies, proxyHeader, onAddressProblem };
  const streams = createStreamLimit();

  return async (request, source) => {
    let guarded: Request;
    try {
      rejectCrossSite(request.headers, appUrl);
      rejectUnsafeShape(request, endpoint);
      guarded = await readBody(request);
    } catch (error) {
      if (error instanceof AuthError) return rejectionResponse(router, error);
      throw error;
    }
    const response = await fetchRequestHandler({
      endpoint,
      router,
      req: guarded,
      maxBatchSize: largestBatch,
      createContext: ({ resHeaders }) =>
        createAuthContext({
          auth,
          tokenCookies,
          request: request.headers,
          cookies: headersSink(resHeaders),
          ...trust,
          ...source,
          streams,
          ...(delay ? { delay } : {}),
          ...(closing ? { closing } : {}),
        }),
      responseMeta: ({ errors, paths }) => ({
        headers: new Headers({
          ...personalHeaders,
          ...retryAfter(errors),
          // Only where every call was rejected: a batch that succeeded in part gets no challenge.
          ...(errors.length === paths?.length ? challenge(errors, auth.settings.stepUpMaxAgeSeconds) : {}),
        }),
      }),
      onError: ({ path, error }) => {
        const { reason } = toErrorPayload(error);
        if (reason === "internal_error" || (reason === "temporarily_unavailable" && !closing?.aborted)) {
          report(onError, { path, error, id: errorIdOf(error) });
        }
      },
    });
    return response;
  };
}

/** The listener may throw, too: the caller gets the response all the same. */
function report(
  onError: FetchHandlerOptions["onError"],
  details: { path: string | undefined; error: TRPCError; id: string },
) {
  try {
    onError?.(details);
  } catch {
    // Nothing is left to report to.
  }
}

/**
 * - Multipart is what a form of another site can send without asking first, and tRPC runs a mutation without input on it.
 * - A batch of logins would be a batch of guesses; two that both set cookies would make it a race which counts.
 * - A streamed response has sent its headers before a procedure can set a cookie: the cookie would be lost.
 */
function rejectUnsafeShape(request: Request, endpoint: string): void {
  const { method, headers } = request;
  const url = new URL(request.url);
  if (method !== "GET" && method !== "POST") throw new AuthError("method_not_allowed");
  const mediaType = headers.get("content-type")?.toLowerCase().split(";", 1)[0]?.trim();
  if (method === "POST" && mediaType !== "application/json" && mediaType !== "application/octet-stream") {
    throw new AuthError("unsupported_media_type");
  }
  const calls = callsOf(url, endpoint);
  const authCalls = calls.filter((path) => path.startsWith("auth.") && !readOnlyAuthCalls.has(path)).length;
  if (authCalls > 0 && asksForStream(headers)) throw new AuthError("stream_sets_no_cookies");
  if (authCalls > 1) {
    throw new AuthError("validation_failed", { message: "Send at most one auth call in a batch" });
  }
}

/** These set no cookie and check no password: they may travel in any company and in any way. */
const readOnlyAuthCalls: ReadonlySet<string> = new Set(["auth.me", "auth.sessions", "auth.timeline"]);

function callsOf(url: URL, endpoint: string): string[] {
  try {
    return decodeURIComponent(url.pathname.slice(endpoint.length).replace(/^\/|\/$/g, "")).split(",");
  } catch {
    throw new AuthError("validation_failed");
  }
}

function challenge([error]: readonly TRPCError[], stepUpMaxAgeSeconds: number): Record<string, string> {
  if (!error) return {};
  const value = challengeOf(toErrorPayload(error), getHTTPStatusCodeFromError(error), stepUpMaxAgeSeconds);
  return value === undefined ? {} : { "www-authenticate": value };
}

function retryAfter(errors: readonly TRPCError[]): Record<string, string> {
  const waits = errors.flatMap((error) => toErrorPayload(error).retryAfterSeconds ?? []);
  return waits.length === 0 ? {} : { "retry-after": String(Math.ceil(Math.max(...waits))) };
}
