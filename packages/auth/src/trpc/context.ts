import type { Auth } from "../core/auth.ts";
import type { Wait } from "../core/clock.ts";
import { AuthError } from "../core/errors.ts";
import type { ClientInfo } from "../core/token-issuer.ts";
import type { Principal } from "../core/verify.ts";
import { waitByTimer } from "./stream-life.ts";
import { createStreamRoom, type StreamRoom } from "./stream-room.ts";
import type { CookieSink, Transport } from "./transport.ts";

/** What every procedure gets: one for each HTTP request, also when it carries a batch of calls. */
export interface AuthContext {
  auth: Auth;
  transport: Transport;
  /** The request's headers, as they came. */
  request: Headers;
  cookies: CookieSink;
  client: ClientInfo;
  /** How streams pass the time between two looks. */
  wait: Wait;
  streams: StreamRoom;
  /**
   * Says who is asking. Looks once for each request, however many calls it carries.
   *
   * @throws {AuthError} `access_token_missing`, or what `Auth.verify` throws
   */
  authenticate(): Promise<Principal>;
}

export interface AuthContextOptions {
  auth: Auth;
  transport: Transport;
  request: Headers;
  cookies: CookieSink;
  /** How many proxies in front of us are ours; only what they wrote into `X-Forwarded-For` is believed. */
  trustedProxyHops: number;
  /** By the machine's timers unless given. */
  wait?: Wait;
  /** What counts the streams of each user, over all requests. */
  streams?: StreamRoom;
}

/** Never throws: a bad token is the business of the procedure that needs one, not of the batch it came in. */
export function createAuthContext(options: AuthContextOptions): AuthContext {
  const { auth, transport, request, cookies, trustedProxyHops } = options;
  const { wait = waitByTimer, streams = createStreamRoom() } = options;
  let principal: Promise<Principal> | undefined;

  async function authenticate(): Promise<Principal> {
    const token = transport.accessToken(request);
    if (token === undefined) throw new AuthError("access_token_missing");
    return auth.verify(token);
  }

  return {
    auth,
    transport,
    request,
    cookies,
    client: clientOf(request, trustedProxyHops),
    wait,
    streams,
    authenticate: () => {
      principal ??= authenticate();
      return principal;
    },
  };
}

/** Where a request comes from, as far as its headers can be believed. */
export function clientOf(request: Headers, trustedProxyHops: number): ClientInfo {
  return {
    userAgent: request.get("user-agent"),
    ipAddress: forwardedAddress(request.get("x-forwarded-for"), trustedProxyHops),
  };
}

const longestAddress = 45;

/** The address that the outermost of our own proxies saw: the n-th from the right. Whatever is left of it can be forged. */
function forwardedAddress(header: string | null, hops: number): string | null {
  if (header === null || hops === 0) return null;
  const address = header.split(",").at(-hops)?.trim();
  return address && address.length <= longestAddress && /^[0-9a-fA-F.:]+$/.test(address) ? address : null;
}
