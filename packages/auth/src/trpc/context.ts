import type { Delay } from "../core/domain/clock.ts";
import { AuthError } from "../core/domain/errors.ts";
import type { ClientInfo, Principal } from "../core/domain/model.ts";
import type { Auth } from "../core/index.ts";
import { clientAddress, type ProxyTrust } from "./client-address/client-address.ts";
import { delayByTimer } from "./subscriptions/stream-life.ts";
import { createStreamLimit, type StreamLimit } from "./subscriptions/stream-limit.ts";
import type { CookieSink, TokenCookies } from "./token-cookies.ts";

/** What every procedure gets: one for each HTTP request, also when it carries a batch of calls. */
export interface AuthContext {
  auth: Auth;
  tokenCookies: TokenCookies;
  /** The request's headers, as they came. */
  request: Headers;
  cookies: CookieSink;
  client: ClientInfo;
  /** How streams wait between two checks of their session. */
  delay: Delay;
  /** Aborted when the server is about to end. */
  closing: AbortSignal | undefined;
  streams: StreamLimit;
  /**
   * Verifies the caller: once for each request, however many calls it carries.
   *
   * @throws {AuthError} `access_token_missing`, or what `Auth.verify` throws
   */
  authenticate(): Promise<Principal>;
}

export interface AuthContextOptions extends ProxyTrust {
  auth: Auth;
  tokenCookies: TokenCookies;
  request: Headers;
  cookies: CookieSink;
  /** The address of the client, as a host that sees the connection says. Left out: it is read from what proxies wrote. */
  clientAddress?: string | null;
  /** See `FetchHandlerOptions.closing`. */
  closing?: AbortSignal;
  /** By the machine's timers unless given. */
  delay?: Delay;
  /** What counts the streams of each user, over all requests. */
  streams?: StreamLimit;
}

/** Never throws: a bad token is the business of the procedure that needs one, not of the batch it came in. */
export function createAuthContext(options: AuthContextOptions): AuthContext {
  const { auth, tokenCookies, request, cookies, closing } = options;
  const { delay = delayByTimer, streams = createStreamLimit() } = options;
  let principal: Promise<Principal> | undefined;

  async function authenticate(): Promise<Principal> {
    const token = tokenCookies.accessToken(request);
    if (token === undefined) throw new AuthError("access_token_missing");
    return auth.verify(token);
  }

  return {
    auth,
    tokenCookies,
    request,
    cookies,
    client: clientOf(request, options),
    delay,
    closing,
    streams,
    authenticate: () => {
      principal ??= authenticate();
      return principal;
    },
  };
}

/** Where a request comes from, as far as that can be trusted. */
export function clientOf(request: Headers, source: ProxyTrust & Pick<AuthContextOptions, "clientAddress">): ClientInfo {
  const known = source.clientAddress;
  return {
    userAgent: request.get("user-agent"),
    ipAddress: known === undefined ? forwardedAddressOf(request, source) : known,
  };
}

/** What is known on a host that does not see the connection: as many hops are trusted as there are proxies. */
function forwardedAddressOf(request: Headers, trust: ProxyTrust): string | null {
  return clientAddress({
    ...trust,
    socketAddress: undefined,
    forwardedFor: request.get("x-forwarded-for"),
    forwarded: request.get("forwarded"),
  });
}
