/** What Playwright's `storageState` option and `addCookies` take. Written down here: the kit needs no Playwright. */
export interface StorageState {
  cookies: StoredCookie[];
  origins: [];
}

export interface StoredCookie {
  name: string;
  value: string;
  domain: string;
  path: string;
  /** Seconds since 1970; -1 for a cookie that goes when the browser closes. */
  expires: number;
  httpOnly: boolean;
  secure: boolean;
  sameSite: "Strict" | "Lax" | "None";
}

/**
 * The cookies of a response, as a browser that got it from that address keeps them.
 *
 * @param nowMs what a lifetime counts from, in milliseconds since 1970
 */
export function browserCookies(response: Headers, url: string, nowMs: number = Date.now()): StoredCookie[] {
  const domain = new URL(url).hostname;
  return response.getSetCookie().map((header) => {
    const [cookie = "", ...parts] = header.split(";").map((part) => part.trim());
    const attributes = new Map(parts.map(split).map(([name, value]) => [name.toLowerCase(), value]));
    const [name, value] = split(cookie);
    const maxAge = attributes.get("max-age");
    return {
      name,
      value,
      domain,
      path: attributes.get("path") ?? "/",
      expires: maxAge === undefined ? -1 : Math.floor(nowMs / 1000) + Number(maxAge),
      httpOnly: attributes.has("httponly"),
      secure: attributes.has("secure"),
      sameSite: sameSiteOf(attributes.get("samesite")),
    };
  });
}

function sameSiteOf(text = "lax"): StoredCookie["sameSite"] {
  const word = text.toLowerCase();
  return word === "strict" ? "Strict" : word === "none" ? "None" : "Lax";
}

function split(cookie: string): [string, string] {
  const at = cookie.indexOf("=");
  return at === -1 ? [cookie, ""] : [cookie.slice(0, at), cookie.slice(at + 1)];
}
