import { createHash } from "node:crypto";
import { stringifySetCookie } from "cookie";
import { cookieSuffix } from "../client/hint-cookie.ts";
import { AuthError } from "../core/domain/errors.ts";
import type { Delivery, IssuedStepUp, IssuedTokens } from "../core/domain/model.ts";
import type { RequestHeaders } from "./request-headers.ts";

/**
 * How tokens travel: the only file that knows cookies' names and attributes, and where a bearer token stands.
 *
 * `__Host-` makes a browser refuse the cookie unless it is Secure, has no Domain and Path=/, so that no sibling host can
 * plant one (ASVS 3.3.1, 3.3.3). Chromium, Firefox and curl take it on http://localhost; Safari takes no Secure cookie
 * there, and gets plain names on that one address.
 *
 * Where the address of the app names a port, all names end in it (`__Host-watchword.access-3000`), because cookies know none: two
 * apps on one host would otherwise end each other's logins.
 */
export interface TokenCookies {
  /**
   * The access token of a request, from the cookie or from `Authorization: Bearer` (RFC 6750 section 2.1).
   *
   * @throws {AuthError} `access_token_invalid` when there are several and they are not the same
   */
  accessToken(request: RequestHeaders): string | undefined;
  /** @throws {AuthError} `refresh_token_invalid` when there are several and they are not the same */
  refreshCookie(request: RequestHeaders): string | undefined;
  /** Every different refresh token among the cookies: what a logout has to end. */
  refreshCookies(request: RequestHeaders): readonly string[];
  /**
   * Sets both tokens as cookies, and a readable one that says that there is a session to refresh. Its value is
   * `<tokens>.<user>`, an id for each and nothing more: the first changes with each refresh, so that a tab sees that another
   * tab has refreshed; the second with each user, so that it sees that another user has logged in.
   */
  setCookies(sink: CookieSink, request: RequestHeaders, issued: IssuedTokens): void;
  /** All of a session's cookies, the step-up secret's too. */
  clearCookies(sink: CookieSink, request: RequestHeaders): void;
  /** What all names end in, `-3000` or nothing. An app that sets cookies of its own has theirs end in it, too. */
  readonly ending: string;
  /** Every name under which a browser may have a cookie of ours. */
  readonly names: ReadonlySet<string>;
  /**
   * The step-up secret of a request: of a session in cookies from its cookie alone, of one in the body from the header
   * `x-step-up` alone. If several differ, none counts: then the password is asked for.
   */
  stepUpToken(request: RequestHeaders, delivery: Delivery): string | undefined;
  /** Sets a step-up secret as a cookie that lasts as long as the secret is fresh, or goes with the browser as the others do. */
  setStepUp(sink: CookieSink, request: RequestHeaders, issued: { stepUp: IssuedStepUp; rememberMe: boolean }): void;
  /** The secret of a challenge, from its cookie. If several differ, none counts: then the login begins again. */
  challengeToken(request: RequestHeaders): string | undefined;
  /** Sets the secret of a challenge as a cookie that lasts as long as the challenge. */
  setChallenge(sink: CookieSink, request: RequestHeaders, issued: IssuedChallenge): void;
  clearChallenge(sink: CookieSink, request: RequestHeaders): void;
  /** What the device was given at an earlier login: the tokens of a session come and go, this one stays. */
  deviceToken(request: RequestHeaders): string | undefined;
}

interface IssuedChallenge {
  challenge: string;
  /** Seconds. */
  expiresIn: number;
  rememberMe: boolean;
}

/** Where cookies are written to: response headers, or what a framework offers for that. */
export interface CookieSink {
  set(name: string, value: string, attributes: CookieAttributes): void;
}

export interface CookieAttributes {
  path: "/";
  sameSite: "lax";
  secure: boolean;
  httpOnly: boolean;
  /** Seconds. Without it the browser drops the cookie when it closes. */
  maxAge?: number;
}

const base = {
  access: "watchword.access",
  refresh: "watchword.refresh",
  session: "watchword.session",
  device: "watchword.device",
  stepUp: "watchword.step-up",
  challenge: "watchword.challenge",
} as const;
const prefix = "__Host-";

/** How a session in the body sends its step-up secret. */
const stepUpHeader = "x-step-up";

/** 180 days, from each login on. */
const deviceRememberedSeconds = 15_552_000;

function namesWith(beginning: string, ending: string): Record<keyof typeof base, string> {
  const names = Object.entries(base).map(([cookie, name]) => [cookie, beginning + name + ending]);
  return Object.fromEntries(names);
}

/** The names and attributes of our cookies, which depend on the address of the app and on what the browser takes. */
function createCookieShape(appUrl: string) {
  const https = new URL(appUrl).protocol === "https:";
  const secure = (request: RequestHeaders) => https || !rejectsSecureOnLocalhost(request);
  const ending = cookieSuffix(appUrl);
  const plainNames = Object.values(base).map((name) => name + ending);
  const plain = namesWith("", ending);
  const hostBound = namesWith(prefix, ending);
  return {
    ending,
    names: new Set([...plainNames.map((name) => prefix + name), ...(https ? [] : plainNames)]),
    nameOf: (cookie: keyof typeof base, request: RequestHeaders) => (secure(request) ? hostBound : plain)[cookie],
    attributes: (request: RequestHeaders, httpOnly: boolean, maxAge: number | undefined): CookieAttributes => ({
      path: "/",
      sameSite: "lax",
      secure: secure(request),
      httpOnly,
      ...(maxAge === undefined ? {} : { maxAge }),
    }),
  };
}

/** @param appUrl where the app is reached from outside, such as `https://example.com` */
export function createTokenCookies({ appUrl }: { appUrl: string }): TokenCookies {
  const shape = createCookieShape(appUrl);
  const { ending, names, nameOf, attributes } = shape;

  return {
    ending,
    names,

    accessToken(request) {
      const bearer = bearerToken(request);
      if (!request.has("cookie")) return bearer; // a client that is no browser: there is no cookie to parse
      const tokens = cookieValues(request, nameOf("access", request));
      if (bearer !== undefined) tokens.push(bearer);
      if (tokens.some((token) => token !== tokens[0])) throw new AuthError("access_token_invalid");
      return tokens[0];
    },

    refreshCookie(request) {
      const tokens = this.refreshCookies(request);
      if (tokens.length > 1) throw new AuthError("refresh_token_invalid");
      return tokens[0];
    },

    refreshCookies: (request) => [...new Set(cookieValues(request, nameOf("refresh", request)))],

    setCookies(sink, request, issued) {
      const { accessToken, refreshToken, refreshExpiresIn, session } = issued;
      // The access cookie lives as long as the refresh cookie: that it has run out is for the server to say
      // (`access_token_expired`), by its own clock; a cookie that is gone could mean anything.
      const maxAge = session.rememberMe ? refreshExpiresIn : undefined;
      sink.set(nameOf("access", request), accessToken, attributes(request, true, maxAge));
      sink.set(nameOf("refresh", request), refreshToken, attributes(request, true, maxAge));
      sink.set(nameOf("session", request), hint(issued), attributes(request, false, maxAge));
      if (issued.deviceToken !== undefined) {
        sink.set(nameOf("device", request), issued.deviceToken, attributes(request, true, deviceRememberedSeconds));
      }
      if (issued.stepUp) this.setStepUp(sink, request, { stepUp: issued.stepUp, rememberMe: session.rememberMe });
    },

    ...createSecretCookies(shape),

    // Of several that differ none is trusted: the device then counts as unknown.
    deviceToken: (request) => singleCookieValue(request, nameOf("device", request)),

    clearCookies(sink, request) {
      for (const cookie of ["access", "refresh", "session", "stepUp"] as const) {
        sink.set(nameOf(cookie, request), "", attributes(request, cookie !== "session", 0));
      }
    },
  };
}

/** The secrets that come and go within a session or before one: of a step-up, and of a challenge. */
function createSecretCookies({
  nameOf,
  attributes,
}: ReturnType<typeof createCookieShape>): Pick<
  TokenCookies,
  "stepUpToken" | "setStepUp" | "challengeToken" | "setChallenge" | "clearChallenge"
> {
  return {
    stepUpToken(request, delivery) {
      if (delivery === "body") return request.get(stepUpHeader) ?? undefined; // two of them are joined, which is none of ours
      return singleCookieValue(request, nameOf("stepUp", request));
    },

    setStepUp(sink, request, { stepUp: { token, expiresIn }, rememberMe }) {
      sink.set(nameOf("stepUp", request), token, attributes(request, true, rememberMe ? expiresIn : undefined));
    },

    challengeToken: (request) => singleCookieValue(request, nameOf("challenge", request)),

    setChallenge(sink, request, { challenge, expiresIn, rememberMe }) {
      const maxAge = rememberMe ? expiresIn : undefined;
      sink.set(nameOf("challenge", request), challenge, attributes(request, true, maxAge));
    },

    clearChallenge(sink, request) {
      sink.set(nameOf("challenge", request), "", attributes(request, true, 0));
    },
  };
}

/**
 * What scripts may read. A hash leads back to no token and to no id: 96 bits tell the tokens of two refreshes apart,
 * 48 bits two users of one browser. It is a hint: an attacker who forges it deceives only the tabs of their own browser.
 */
function hint({ accessToken, user }: IssuedTokens): string {
  return `${shortHash(accessToken, 16)}.${shortHash(`watchword/user/${user.id}`, 8)}`;
}

function shortHash(text: string, characters: number): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, characters);
}

/** Writes cookies as `Set-Cookie` headers, one each (RFC 6265 section 4.1). */
export function headersSink(response: Headers): CookieSink {
  return {
    set: (name, value, attributes) => response.append("set-cookie", stringifySetCookie({ name, value, ...attributes })),
  };
}

/** The same as a list of the values of `Set-Cookie`. */
export function cookieListSink(list: string[]): CookieSink {
  return { set: (name, value, attributes) => void list.push(stringifySetCookie({ name, value, ...attributes })) };
}

const bearerShape = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

/** `Authorization` with another scheme, or in another form, is no token of ours: present, but not valid. */
function bearerToken(request: RequestHeaders): string | undefined {
  const header = request.get("authorization");
  if (header === null) return undefined;
  const token = bearerShape.exec(header)?.[1];
  if (token === undefined) throw new AuthError("access_token_invalid");
  return token;
}

/** Every value of a cookie in a `Cookie` header, in order. A parser that keeps the first alone would hide a planted one. */
function cookieValues(request: RequestHeaders, name: string): string[] {
  const values: string[] = [];
  for (const part of (request.get("cookie") ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at === -1 || part.slice(0, at).trim() !== name) continue;
    const value = part.slice(at + 1).trim();
    if (value !== "") values.push(value);
  }
  return values;
}

/** The value of a cookie; undefined where there is none, or several that differ. */
function singleCookieValue(request: RequestHeaders, name: string): string | undefined {
  const values = new Set(cookieValues(request, name));
  return values.size === 1 ? [...values][0] : undefined;
}

function rejectsSecureOnLocalhost(request: RequestHeaders): boolean {
  const agent = request.get("user-agent") ?? "";
  return agent.includes("AppleWebKit/") && !/Chrome\/|Chromium\/|HeadlessChrome\/|Android/.test(agent);
}
