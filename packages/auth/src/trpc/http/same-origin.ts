import { LRUCache } from "lru-cache";
import { AuthError } from "../../core/domain/errors.ts";
import type { RequestHeaders } from "../request-headers.ts";

/**
 * Rejects what another site sent, before anything of ours runs (ASVS 3.5.1). A sibling host on the same site is another
 * site to us. Needed besides SameSite cookies, because a login to the attacker's account needs no cookie of the user's.
 *
 * A browser says where a request comes from: in `Sec-Fetch-Site` (Fetch Metadata), which no page can forge, or at least
 * in `Origin`. A request with neither is from no browser: a terminal, a phone, a server, which no page of an attacker can send.
 *
 * @param appUrl where the app is reached from outside; on a loopback address the others on the same port count as the same
 * @throws {AuthError} `cross_site_request`
 */
export function rejectCrossSite(request: RequestHeaders, appUrl: string): void {
  if (isCrossSite(request, appUrl)) throw new AuthError("cross_site_request");
}

export function isCrossSite(request: RequestHeaders, appUrl: string): boolean {
  const site = request.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") return true;
  const origin = request.get("origin");
  return origin !== null && !ownOrigins.memo(appUrl).has(origin);
}

const loopbackHosts = ["localhost", "127.0.0.1", "[::1]"] as const;

/** Whether an address is this machine itself: where secrets are made on the spot and a demo account is welcome. */
export function isLoopback(appUrl: string): boolean {
  const { hostname } = new URL(appUrl);
  return (loopbackHosts as readonly string[]).includes(hostname);
}

/** Of each app of this process: computed once, and asked for at each request. */
const ownOrigins = new LRUCache<string, ReadonlySet<string>>({ max: 16, memoMethod: originsOf });

function originsOf(appUrl: string): ReadonlySet<string> {
  const { origin, protocol, port } = new URL(appUrl);
  if (!isLoopback(appUrl)) return new Set([origin]);
  return new Set(loopbackHosts.map((host) => `${protocol}//${host}${port ? `:${port}` : ""}`));
}
