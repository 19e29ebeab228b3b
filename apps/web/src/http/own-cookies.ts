import type { IncomingMessage } from "node:http";

/** Which cookies are the app's. All others belong to a sibling host, or to another app of this machine. */
export interface OwnCookies {
  /** Of the login: all of them go on, two of one name too, because then one may have been planted. */
  login: ReadonlySet<string>;
  /** Short words that pages keep, such as the colours: the first of each name goes on. */
  words: ReadonlySet<string>;
}

/** No choice of colours is longer. */
const longestWord = 100;

/**
 * Takes the cookies of others out of a request before anything reads it: they are no reason to reject it, and no business of
 * what answers it.
 */
export function keepOwnCookies({ headers, rawHeaders }: IncomingMessage, own: OwnCookies): void {
  if (headers.cookie === undefined) return;
  const kept = ownCookies(headers.cookie, own);
  if (kept === headers.cookie) return; // as a rule: a browser has cookies of this app alone
  if (kept === "") delete headers.cookie;
  else headers.cookie = kept;
  let left = kept;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== "cookie") continue;
    rawHeaders[at + 1] = left;
    left = "";
  }
}

export function ownCookies(header: string, { login, words }: OwnCookies): string {
  const seen = new Set<string>();
  const isOwn = (pair: string) => {
    const at = pair.indexOf("=");
    const name = at === -1 ? pair : pair.slice(0, at);
    if (login.has(name)) return at !== -1;
    if (!words.has(name) || seen.has(name) || pair.length > longestWord) return false;
    seen.add(name);
    return true;
  };
  const kept: string[] = [];
  for (const part of header.split(";")) {
    const pair = part.trim();
    if (isOwn(pair)) kept.push(pair);
  }
  return kept.join("; ");
}

/**
 * Makes a browser forget cookies that were too many or too large: each name of ours that it sent. One without `__Host-` may have
 * been set for any path above the page, so it is forgotten at each; for no other host, where it belongs to another app.
 *
 * @returns `Set-Cookie` headers
 */
export function forget({ url = "/", headers: { cookie = "" } }: Pick<IncomingMessage, "url" | "headers">): string[] {
  const names = new Set(cookie.split(";").map((pair) => pair.split("=", 1)[0]?.trim() ?? ""));
  return [...names].flatMap((name) =>
    name.startsWith("__Host-")
      ? [`${name}=; Max-Age=0; Path=/; Secure; SameSite=Lax`]
      : pathsAbove(url).map((path) => `${name}=; Max-Age=0; Path=${path}; SameSite=Lax`),
  );
}

/** No page lies deeper, and no browser keeps a longer path. */
const deepest = 6;
const longestPath = 1_024;

/** Every path of which a cookie is sent to this address, such as `/`, `/a`, `/a/` and `/a/b` (RFC 6265 section 5.1.4). */
function pathsAbove(url: string): string[] {
  const [path = "/"] = url.split(/[?;]/, 1);
  const ends = [...path.matchAll(/\//g)].slice(1, deepest).map(({ index }) => index);
  const above = ends.flatMap((end) => [path.slice(0, end), path.slice(0, end + 1)]);
  return [...new Set(["/", ...above, path])].filter((one) => one.length <= longestPath);
}
