import { AuthError } from "../core/domain/errors.ts";
import type { Auth } from "../core/index.ts";
import type { ProxyTrust } from "../trpc/client-address/client-address.ts";
import { clientOf } from "../trpc/context.ts";
import { type CookieAttributes, headersSink, type TokenCookies } from "../trpc/token-cookies.ts";

/**
 * Refreshes before a page renders, so that its first paint knows who is there. It only refreshes: who may see what is
 * decided by each procedure and each page, and nothing is lost but comfort without it.
 *
 * @param next what comes after it, such as `NextResponse.next` or another middleware. It is given the headers that the page
 * is to see, with the cookies as they are by now, and has to pass them on. What it sets on its response stays there.
 */
export type RefreshProxy = <R extends Response>(
  request: { readonly headers: Headers },
  next: (headers: Headers) => R | Promise<R>,
) => Promise<R>;

export interface RefreshProxyOptions extends Partial<ProxyTrust> {
  auth: Pick<Auth, "refresh" | "verify" | "settings">;
  tokenCookies: TokenCookies;
  /** A header with the reason why the session is over, for the page. One that a client sends is removed. */
  endedHeader?: string;
  /**
   * Leaves the cookies of a session that is over alone. For what may be answered with a rejection, such as a download that a script
   * asks for: when that arrives late, it would take the cookies of a new login away. A page load clears them.
   */
  keepDeadCookies?: boolean;
  /** See `AuthContextOptions.clientAddress`: asked at each request. */
  clientAddress?: () => string | null | undefined;
  /** Called with an error that prevented a refresh. The page renders all the same, as if no refresh had been due. */
  onError?: (error: unknown) => void;
}

/** Knows nothing of Next but its order of things: headers in, a `Response` out. `checkProxy` shows that it is built in right. */
export function createRefreshProxy(options: RefreshProxyOptions): RefreshProxy {
  return async (request, next) => {
    const headers = new Headers(request.headers);
    if (options.endedHeader) headers.delete(options.endedHeader);
    const changes = await refreshed(options, headers);
    if (changes.length === 0) return await next(headers);
    headers.set("cookie", changedCookies(headers.get("cookie") ?? "", changes));
    return withCookies(await next(headers), changes);
  };
}

/**
 * Refreshes where that is due. An error of any kind leaves everything as it was: a page without a fresh token is better than no page,
 * and the refresh token still brings its successor.
 *
 * @returns the cookies that change, for the page and for the browser
 */
async function refreshed(options: RefreshProxyOptions, headers: Headers): Promise<CookieChange[]> {
  const changes: CookieChange[] = [];
  try {
    const {
      auth,
      tokenCookies,
      endedHeader,
      trustedProxyHops = 0,
      trustedProxies,
      proxyHeader,
      onAddressProblem,
    } = options;
    const trust: ProxyTrust = { trustedProxyHops, trustedProxies, proxyHeader, onAddressProblem };
    const refreshToken = isPrefetch(headers) ? undefined : await refreshTokenWhenDue({ auth, tokenCookies }, headers);
    if (refreshToken === undefined) return [];
    const sink = { set: (...change: CookieChange) => void changes.push(change) };
    try {
      const address = options.clientAddress?.();
      const source = address === undefined ? {} : { clientAddress: address };
      const client = clientOf(headers, { ...trust, ...source });
      tokenCookies.setCookies(sink, headers, await auth.refresh({ refreshToken, delivery: "cookie", client }));
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      if (!error.terminal) return []; // a server that is busy ends no session
      if (!options.keepDeadCookies) tokenCookies.clearCookies(sink, headers);
      if (endedHeader) headers.set(endedHeader, error.endedBecause ?? error.reason);
    }
    return changes;
  } catch (error) {
    report(options.onError, error);
    return [];
  }
}

/** What listens may fail too: the page is rendered all the same. */
function report(onError: RefreshProxyOptions["onError"], error: unknown): void {
  try {
    onError?.(error);
  } catch {
    // Nothing is left to report to.
  }
}

/** Seconds before the end at which a page is better rendered with a new token. */
const marginSeconds = 10;

/** The refresh token, when there is one and the access token is not good for this page. */
async function refreshTokenWhenDue(
  { auth, tokenCookies }: RefreshProxyOptions,
  headers: Headers,
): Promise<string | undefined> {
  let refreshToken: string | undefined;
  try {
    refreshToken = tokenCookies.refreshCookie(headers);
    const accessToken = tokenCookies.accessToken(headers);
    if (refreshToken === undefined || accessToken === undefined) return refreshToken;
    const { expiresIn } = await auth.verify(accessToken);
    const margin = Math.min(marginSeconds, auth.settings.accessTokenTtlSeconds / 4);
    return expiresIn > margin ? undefined : refreshToken;
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    return refreshToken; // run out, or signed with a key that was replaced; or the session is over, and will be said to be
  }
}

/** A page that is only fetched ahead must not spend a token. Next hides its own header from a proxy: see `matcher`. */
function isPrefetch(headers: Headers): boolean {
  const says = (name: string) => headers.get(name)?.includes("prefetch") ?? false;
  return says("sec-purpose") || says("purpose") || headers.has("next-router-prefetch");
}

type CookieChange = [name: string, value: string, attributes: CookieAttributes];

/** The `Cookie` header of a browser that had got the changes already. What is not changed stays as it was spelled. */
function changedCookies(header: string, changes: readonly CookieChange[]): string {
  const changed = new Set(changes.map(([name]) => name));
  const kept = header.split(";").map((cookie) => cookie.trim());
  return [
    ...kept.filter((cookie) => cookie !== "" && !changed.has(cookie.split("=", 1)[0]?.trim() ?? "")),
    ...changes.flatMap(([name, value]) => (value === "" ? [] : [`${name}=${value}`])),
  ].join("; ");
}

/** Not by Next's own way, which sends a deleted cookie a second time, and then as an empty one that stays. */
function withCookies<R extends Response>(response: R, changes: readonly CookieChange[]): R {
  const sink = headersSink(response.headers);
  for (const change of changes) sink.set(...change);
  return response;
}
