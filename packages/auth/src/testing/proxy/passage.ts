/** What became of a request on its way through a proxy: what the page gets to see, and what the browser is sent. */
export interface Passage {
  /** The headers that the page sees. */
  page: Headers;
  pageCookies: ReadonlyMap<string, string>;
  setCookies: ReadonlyMap<string, SentCookie>;
  /** The other headers of the answer, by name. */
  others: ReadonlyMap<string, string>;
  /** No page is rendered: the browser is sent elsewhere. */
  isRedirect: boolean;
}

interface SentCookie {
  value: string;
  isHttpOnly: boolean;
  isDeletion: boolean;
}

/**
 * Reads the answer of a proxy as Next does: the page sees the request's own headers, unless the answer lists all that it
 * is to see instead.
 */
export function readPassage(request: Headers, response: Response): Passage {
  const { headers } = response;
  const page = headersOfPage(request, headers);
  const pageCookies = cookiesOf(page.get("cookie") ?? "");
  return {
    page,
    pageCookies,
    setCookies: new Map(headers.getSetCookie().map(readSetCookie)),
    others: new Map([...headers].filter(([name]) => name !== "set-cookie" && !isOfPage(name))),
    isRedirect: response.status >= 300 && response.status < 400,
  };
}

const override = "x-middleware-override-headers";
const ofPage = "x-middleware-request-";

const isOfPage = (name: string) => name === override || name.startsWith(ofPage) || name === "x-middleware-set-cookie";

function headersOfPage(request: Headers, response: Headers): Headers {
  const list = response.get(override);
  if (list === null) return new Headers(request);
  const page = new Headers();
  for (const name of list.split(",").map((one) => one.trim())) {
    const value = response.get(`${ofPage}${name}`);
    if (value !== null) page.set(name, value);
  }
  return page;
}

function cookiesOf(header: string): Map<string, string> {
  const cookies = header.split(";").map((cookie) => cookie.trim());
  return new Map(cookies.filter((cookie) => cookie !== "").map(splitCookie));
}

function readSetCookie(header: string): [string, SentCookie] {
  const [cookie = "", ...attributes] = header.split(";").map((part) => part.trim());
  const has = (pattern: RegExp) => attributes.some((attribute) => pattern.test(attribute));
  const [name, value] = splitCookie(cookie);
  return [name, { value, isHttpOnly: has(/^httponly$/i), isDeletion: value === "" && has(/^max-age=0$/i) }];
}

function splitCookie(cookie: string): [string, string] {
  const at = cookie.indexOf("=");
  return at === -1 ? [cookie, ""] : [cookie.slice(0, at), cookie.slice(at + 1)];
}
