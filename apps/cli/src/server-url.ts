import { usageError } from "./cli-error.ts";

/**
 * Reads the address of an app, and writes it in the one spelling under which its tokens are kept: no credentials, no
 * query, no slash at the end.
 *
 * Plain http is for this machine alone: on the way to another one, an eavesdropper would have the password (RFC 6750
 * section 5.3).
 *
 * @throws {Failure} usage
 */
export function readServerUrl(text: string, { allowHttp }: { allowHttp: boolean }): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw usageError(`"${text}" is not the address of a server`, "Give one such as --url https://example.com");
  }
  if (url.username || url.password) {
    throw usageError("The address holds a user name or a password", "Leave them out, and log in: watchword login");
  }
  if (url.protocol === "http:" && !allowHttp && !isThisMachine(url.hostname)) {
    throw usageError(
      `Over http anybody on the way to "${url.host}" could read the password and the tokens`,
      "Use https, or set WATCHWORD_ALLOW_HTTP=1 on a network where nobody listens",
    );
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

function isThisMachine(hostname: string): boolean {
  return /^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
