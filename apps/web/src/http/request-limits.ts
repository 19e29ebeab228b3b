import type { HttpLimits } from "../env/http-limits.ts";

/** What the first look at a request needs: the shape of an `IncomingMessage`. */
export interface RequestHead {
  method?: string | undefined;
  url?: string | undefined;
  headers: Record<string, string | string[] | undefined>;
  /** Names and values in turn, as they came. */
  rawHeaders: readonly string[];
}

export interface Rejection {
  status: 400 | 405 | 411 | 413 | 414 | 415 | 431;
  /** What the sender can do about it. */
  sentence: string;
  headers?: Record<string, string>;
  /** Whether the browser is to forget the cookies that it sent. */
  forgetsCookies?: true;
}

/** Where the router stands; it looks at methods and bodies by itself. */
const router = /^\/api\/trpc(?:[/?]|$)/;

export function isForRouter({ url = "" }: Pick<RequestHead, "url">): boolean {
  return router.test(url);
}

/** What no program of ours sends, and a `Request` of the Fetch standard cannot even be made of. */
const forbiddenMethods = new Set(["CONNECT", "TRACE", "TRACK"]);

function methodRejection({ method = "" }: RequestHead): Rejection | undefined {
  if (!forbiddenMethods.has(method)) return undefined;
  return { status: 405, sentence: "This method is not allowed here", headers: { allow: "GET, HEAD, POST" } };
}

/** Rejects what is too large or ambiguous, by what is known before the body. Undefined for what may go on. */
export function rejectionOf(head: RequestHead, limits: HttpLimits): Rejection | undefined {
  return (
    urlRejection(head, limits) ??
    headerRejection(head, limits) ??
    cookieRejection(head, limits) ??
    ambiguityOf(head) ??
    methodRejection(head) ??
    (isForRouter(head) ? undefined : pageRejection(head, limits))
  );
}

/** A path only: what names a host besides is meant for a proxy, which this is not (RFC 9112 section 3.2). */
function urlRejection({ url = "" }: RequestHead, { maxUrlBytes }: HttpLimits): Rejection | undefined {
  if (url.length > maxUrlBytes) return { status: 414, sentence: "The address is too long" };
  return url.startsWith("/") ? undefined : { status: 400, sentence: "The address is not a path" };
}

function headerRejection({ rawHeaders }: RequestHead, limits: HttpLimits): Rejection | undefined {
  let [count, bytes] = [0, 0];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    const value = rawHeaders[at + 1] ?? "";
    if (name.toLowerCase() === "cookie") continue; // these have limits of their own
    count += 1;
    bytes += name.length + value.length + 4; // a colon, a space and the end of the line
  }
  if (count > limits.maxHeaders) return { status: 431, sentence: "There are too many headers" };
  return bytes > limits.maxHeaderBytes ? { status: 431, sentence: "The headers are too large" } : undefined;
}

/**
 * Of our own cookies, the others are gone by now. A browser with too many of them would get this for whatever it asks, a logout
 * included, so it is made to forget them.
 */
function cookieRejection({ headers }: RequestHead, { maxCookieBytes, maxCookies }: HttpLimits): Rejection | undefined {
  const cookie = String(headers.cookie ?? "");
  if (cookie.length <= maxCookieBytes && (cookie === "" || cookie.split(";").length <= maxCookies)) return undefined;
  const sentence =
    "The cookies of this site were too large, so they have been removed. Load the page again, and log in";
  return { status: 431, sentence, forgetsCookies: true };
}

/** Each of these decides something, and Node would keep the first of two without a word. */
const onlyOnce = [
  "authorization",
  "content-length",
  "content-type",
  "host",
  "origin",
  "sec-fetch-site",
  "transfer-encoding",
];

/** A bit for each: what was seen of a request is one number, and not a set that is made for it. */
const bitOf = new Map(onlyOnce.map((name, index) => [name, 1 << index]));

function ambiguityOf({ rawHeaders }: RequestHead): Rejection | undefined {
  let seen = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const bit = bitOf.get(rawHeaders[at]?.toLowerCase() ?? "") ?? 0;
    if ((seen & bit) !== 0) return { status: 400, sentence: "A header was sent twice" };
    seen |= bit;
  }
  return undefined;
}

const pageMethods = new Set(["GET", "HEAD", "POST"]);

/**
 * Next reads a form by itself, so it has to be known before how long it is. Browsers always say. A body that no page reads is
 * rejected before anything is rendered: answered without it, a request would hold its connection for what is still to come.
 */
function pageRejection({ method = "", headers }: RequestHead, { maxBodyBytes }: HttpLimits): Rejection | undefined {
  if (!pageMethods.has(method)) {
    return { status: 405, sentence: "This method is not allowed here", headers: { allow: "GET, HEAD, POST" } };
  }
  if (headers["transfer-encoding"] !== undefined) return { status: 411, sentence: "Send the length of the body" };
  const length = Number(headers["content-length"] ?? 0);
  if (length > maxBodyBytes) return { status: 413, sentence: "That is too large" };
  if (length === 0) return undefined;
  if (method !== "POST") return { status: 400, sentence: "Request a page without a body" };
  return isForm(headers) ? undefined : { status: 415, sentence: "Send a form" };
}

/** What Next reads before a page renders: a form, or the arguments of an action that its own scripts call. */
function isForm({ "content-type": type, "next-action": action }: RequestHead["headers"]): boolean {
  return action !== undefined || /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(String(type));
}
