/** Where a login leads without a `next`. */
const home = "/account";

/** No real host: whatever leaves it was not a path of ours. */
const nowhere = "http://return-to.invalid";

/** These pages send people back to `next`, so `next` must not lead to them; and an answer of the API is not a page. */
const rejectedRoots = new Set(["api", "_next", "login", "register", "logout", "forgot-password", "reconnect"]);

/** Longer than any address of ours; a longer one would only fill logs and headers. */
const longest = 2048;

/** Control characters, which a URL parser drops silently (tab, line ends), and the backslash, which it reads as a slash. */
const misread = /[\p{Cc}\\]/u;

/**
 * Makes the address that a login leads back to safe to redirect to: a path of this site, with its
 * query and hash. Everything else gets the fallback, so that no link to our login page can end on another site (ASVS
 * 3.7.2; CWE-601).
 *
 * It is judged as a browser will read it (parsed, dot segments gone) and as a careless server on the way might (decoded,
 * more than once).
 */
export function safeReturnTo(value: unknown, fallback = home): string {
  if (typeof value !== "string" || value.length > longest || !value.startsWith("/") || misread.test(value)) {
    return fallback;
  }
  const url = parse(value);
  // "/..//host" starts with one slash, and is "//host" once the dots are resolved.
  if (url?.origin !== nowhere || url.pathname.startsWith("//")) return fallback;
  const decoded = decodeFully(url.pathname);
  if (decoded === undefined || decoded.startsWith("//") || misread.test(decoded)) return fallback;
  const root = decoded.split("/")[1] ?? "";
  if (rejectedRoots.has(root.toLowerCase())) return fallback;
  return url.pathname + url.search + url.hash;
}

/** The address of a page of ours that brings people on to `next` in the end. */
export function withReturnTo(page: string, next: string): string {
  return next === home ? page : `${page}?next=${encodeURIComponent(next)}`;
}

/** The address of a page with the query that it was asked for with, so that a login brings back the same view. */
export function withQuery(path: string, query: Readonly<Record<string, string | string[] | undefined>>): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of value === undefined ? [] : [value].flat()) asked.append(name, each);
  }
  return asked.size === 0 ? path : `${path}?${asked}`;
}

function parse(value: string): URL | undefined {
  try {
    return new URL(value, nowhere);
  } catch {
    return undefined;
  }
}

/** Undefined for what is not properly encoded, or encoded more often than an honest client does. */
function decodeFully(path: string): string | undefined {
  let decoded = path;
  for (let round = 0; round < 4; round += 1) {
    const once = decodeOnce(decoded);
    if (once === undefined || once === decoded) return once;
    decoded = once;
  }
  return undefined;
}

function decodeOnce(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
