import { AuthError } from "@watchword/auth/core";
import { isLoopback, rejectCrossSite } from "@watchword/auth/trpc";
import { endedHeader } from "../messages/session-end.ts";
import type { Problem } from "./problem.ts";
import type { RequestHead } from "./request-limits.ts";

export interface PageAddress {
  /** Where the app is reached from outside. */
  appUrl: string;
  /** The port that the connection came in on. */
  localPort: number | undefined;
}

/** Rejects what must not reach a page, by its address and its headers. Undefined for what may go on. */
export function pageProblem(head: RequestHead, address: PageAddress): Problem | undefined {
  return hostProblem(head, address) ?? pathProblem(head) ?? siteProblem(head, address);
}

const loopbackHosts = ["localhost", "127.0.0.1", "[::1]"];

/**
 * On one's own machine a name that was made to lead here (DNS rebinding) must not be served. Elsewhere a proxy may send a `Host` of
 * its own, which is replaced; see `prepareHeaders`.
 */
function hostProblem({ headers }: RequestHead, { appUrl, localPort }: PageAddress): Problem | undefined {
  if (!isLoopback(appUrl)) return undefined;
  const { host: appHost, port, origin } = new URL(appUrl);
  const ports = [port, String(localPort ?? port)];
  const own = loopbackHosts.flatMap((name) => ports.map((each) => new URL(`http://${name}:${each || 80}`).host));
  const host = String(headers.host ?? "").toLowerCase();
  if (host === appHost || own.includes(host)) return undefined;
  return { status: 421, sentence: `Open ${origin}. To use another address, set APP_URL` };
}

/**
 * A path that cannot be decoded is no path of ours, and Next breaks down on one. What begins with an underscore is Next's own:
 * its error pages, its optimiser of images. Of that only its files are meant for browsers.
 */
function pathProblem({ url = "/", method }: RequestHead): Problem | undefined {
  const path = decodedPath(url);
  if (path === undefined || /\p{Cc}/u.test(path)) return { status: 400, sentence: "The address cannot be read" };
  if (!/^\/+_/.test(path)) return undefined;
  if (!path.startsWith("/_next/static/")) return { status: 404 };
  return method === "GET" || method === "HEAD" ? undefined : { status: 405, headers: { Allow: "GET, HEAD" } };
}

/** As Next reads it: dots resolved, then decoded. Undefined for what cannot be. */
function decodedPath(url: string): string | undefined {
  try {
    const [path = ""] = url.split(/[?#]/, 1);
    // The host is there so that two slashes at the beginning name none.
    return decodeURIComponent(new URL(`http://path.invalid${path}`).pathname);
  } catch {
    return undefined;
  }
}

/**
 * Next compares `Origin` with the host by itself, and lets `Origin: null` pass, which is what a sandboxed frame of another site
 * says: enough to log a user in to an account of the attacker's.
 */
function siteProblem({ method, headers }: RequestHead, { appUrl }: PageAddress): Problem | undefined {
  if (method === "GET" || method === "HEAD") return undefined;
  const said = new Headers();
  for (const name of ["origin", "sec-fetch-site"])
    if (headers[name] !== undefined) said.set(name, String(headers[name]));
  return isFromElsewhere(said, appUrl) ? { status: 403, reason: "cross_site_request" } : undefined;
}

export function isFromElsewhere(headers: Headers, appUrl: string): boolean {
  try {
    rejectCrossSite(headers, appUrl);
    return false;
  } catch (error) {
    if (error instanceof AuthError) return true;
    throw error;
  }
}

/**
 * Headers by which the parts of Next talk to each other, with the host that a proxy names and the policy that we hand to Next. From
 * outside they are not believed: some skip the proxy, some name another page, some name the nonce.
 */
const internal =
  /^(?:x-(?:middleware|nextjs|invoke|next|now|vercel|prerender|action|matched)(?:-.*)?|x-nonce|next-(?:resume|test|instant|render|agentic|hmr|cache|error|request)(?:-.*)?|x-forwarded-(?:host|proto|port|server)|content-security-policy(?:-report-only)?)$/;

/** Makes the headers of a request into what Next may see: nothing internal from outside, our own host, and the policy of its page. */
export function prepareHeaders(
  headers: RequestHead["headers"],
  { appUrl, policy }: { appUrl: string; policy: string },
) {
  for (const name of Object.keys(headers)) if (internal.test(name) || name === endedHeader) delete headers[name];
  // Next compares it with `Origin`, and a proxy may have put its own name there.
  if (!isLoopback(appUrl)) headers.host = new URL(appUrl).host;
  headers["content-security-policy"] = policy;
}
