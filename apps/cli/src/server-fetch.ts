import { version } from "../package.json";

/** Thrown at a redirect. Credentials are for the one server only. */
export class RedirectError extends Error {
  override readonly name = "RedirectError";
  readonly location: string;

  constructor(location: string) {
    super("The server redirects to another address");
    this.location = location;
  }
}

/** How long a call without a file may take. Shorter than the timeout of the server. */
const callTimeoutMs = 30_000;

/**
 * `fetch` for one server: follows no redirect, because a redirect could carry a password or a refresh token to another
 * host; gives up on calls that get no answer; and says who is calling, for the list of one's sessions.
 */
export function serverFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const timeout = AbortSignal.timeout(callTimeoutMs);
  return transferFetch(input, { ...init, signal: init.signal ? AbortSignal.any([init.signal, timeout]) : timeout });
}

/** The same for whole files, which take as long as they take. */
export async function transferFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("user-agent", `watchword/${version} (${process.platform})`);
  const response = await fetch(input, { ...init, headers, redirect: "manual" });
  if (response.status < 300 || response.status >= 400) return response;
  await response.body?.cancel();
  throw new RedirectError(response.headers.get("location") ?? "");
}
