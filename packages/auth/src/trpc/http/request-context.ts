import type { TRPCError } from "@trpc/server";
import { type AuthContext, createAuthContext, createStreaming } from "../context.ts";
import { errorIdOf } from "../error-id.ts";
import { toErrorPayload } from "../errors.ts";
import type { RequestHeaders } from "../request-headers.ts";
import type { CookieSink } from "../token-cookies.ts";
import type { FetchHandlerOptions, RequestSource } from "./handler-options.ts";

interface ContextSource {
  headers: RequestHeaders;
  cookies: CookieSink;
  source: RequestSource | undefined;
}

/** What the two ways to a procedure share. */
export interface RequestScope {
  contextOf: ReturnType<typeof createRequestContexts>;
  onError: ReturnType<typeof createErrorReport>;
}

/** Makes the context of each request, whichever way it came. Streams of a user are counted over all of them. */
export function createRequestContexts(options: FetchHandlerOptions): (source: ContextSource) => AuthContext {
  const { auth, tokenCookies, delay, closing } = options;
  const { trustedProxyHops, trustedProxies, proxyHeader, onAddressProblem } = options;
  const streaming = createStreaming({ ...(delay ? { delay } : {}), closing });
  // Named one by one: this runs at every request, and a spread copies member by member.
  return ({ headers: request, cookies, source }) =>
    createAuthContext({
      auth,
      tokenCookies,
      request,
      cookies,
      clientAddress: source?.clientAddress,
      streaming,
      trustedProxyHops,
      trustedProxies,
      proxyHeader,
      onAddressProblem,
    });
}

/** Reports internal errors and failures of the store, with the ids that stand in the responses. Never throws. */
export function createErrorReport({ onError, closing }: Pick<FetchHandlerOptions, "onError" | "closing">) {
  return ({ path, error }: { path?: string | undefined; error: TRPCError }): void => {
    const { reason } = toErrorPayload(error);
    if (reason !== "internal_error" && (reason !== "temporarily_unavailable" || closing?.aborted)) return;
    try {
      onError?.({ path, error, id: errorIdOf(error) });
    } catch {
      // The listener may throw, too, and nothing is left to report to: the caller gets the response all the same.
    }
  };
}
