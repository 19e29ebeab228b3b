import type { Delay } from "../core/domain/clock.ts";
import type { ClientInfo } from "../core/domain/model.ts";
import type { Auth } from "../core/index.ts";
import { Caller } from "./caller.ts";
import { clientAddress, type ProxyTrust } from "./client-address/client-address.ts";
import type { RequestHeaders } from "./request-headers.ts";
import { delayByTimer } from "./subscriptions/stream-life.ts";
import { createStreamLimit, type StreamLimit } from "./subscriptions/stream-limit.ts";
import type { CookieSink, TokenCookies } from "./token-cookies.ts";

/**
 * What every procedure gets: one for each HTTP request, also when it carries a batch of calls. Few members, because tRPC copies
 * all of them for each call, and again for each step of a procedure.
 */
export interface AuthContext {
  auth: Auth;
  tokenCookies: TokenCookies;
  /** The request's headers, as they came. */
  request: RequestHeaders;
  cookies: CookieSink;
  client: ClientInfo;
  caller: Caller;
  streaming: Streaming;
}

/** What streams need of the server that they run in. The same for all requests. */
export interface Streaming {
  /** How streams wait between two checks of their session. */
  delay: Delay;
  /** Aborted when the server is about to end. */
  closing: AbortSignal | undefined;
  /** What counts the streams of each user, over all requests. */
  limit: StreamLimit;
}

export interface AuthContextOptions extends ProxyTrust {
  auth: Auth;
  tokenCookies: TokenCookies;
  request: RequestHeaders;
  cookies: CookieSink;
  /** The address of the client, as a host that sees the connection says. Left out: it is read from what proxies wrote. */
  clientAddress?: string | null | undefined;
  /** Made for this request alone unless given. */
  streaming?: Streaming;
}

/** Never throws: a bad token is the business of the procedure that needs one, not of the batch it came in. */
export function createAuthContext(options: AuthContextOptions): AuthContext {
  const { auth, tokenCookies, request, cookies, streaming = createStreaming({}) } = options;
  const client = clientOf(request, options);
  return {
    auth,
    tokenCookies,
    request,
    cookies,
    client,
    caller: new Caller({ auth, tokenCookies, request }),
    streaming,
  };
}

/** @param options.delay by the machine's timers unless given */
export function createStreaming({ delay = delayByTimer, closing }: Partial<Streaming>): Streaming {
  return { delay, closing, limit: createStreamLimit() };
}

/** Where a request comes from, as far as that can be trusted. */
export function clientOf(
  request: RequestHeaders,
  source: ProxyTrust & Pick<AuthContextOptions, "clientAddress">,
): ClientInfo {
  const known = source.clientAddress;
  return {
    userAgent: request.get("user-agent"),
    ipAddress: known === undefined ? forwardedAddressOf(request, source) : known,
  };
}

/** What is known on a host that does not see the connection: as many hops are trusted as there are proxies. */
function forwardedAddressOf(request: RequestHeaders, trust: ProxyTrust): string | null {
  return clientAddress({
    ...trust,
    socketAddress: undefined,
    forwardedFor: request.get("x-forwarded-for"),
    forwarded: request.get("forwarded"),
  });
}
