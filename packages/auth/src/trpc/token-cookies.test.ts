import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AuthError } from "../core/domain/errors.ts";
import type { IssuedTokens } from "../core/domain/model.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { createMemoryRateLimitCounter } from "../testing/memory-store/rate-limit-counter.ts";
import { ada, createTestAuth, fromBrowser, loginAda, registerAda } from "../testing/test-auth.ts";
import { createTokenCookies, headersSink } from "./token-cookies.ts";

const agents = {
  chrome: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  headless:
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36",
  edge: "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
  android:
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
  firefox: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  curl: "curl/8.5.0",
  none: "",
  safari:
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
  iphone:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
} as const;

const https = createTokenCookies({ appUrl: "https://app.test" });
const localhost = createTokenCookies({ appUrl: "http://localhost:3000" });
const headers = (given: Record<string, string>) => new Headers(given);
const access = "__Host-watchword.access";
const refresh = "__Host-watchword.refresh";

function reason(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof AuthError) return error.reason;
    throw error;
  }
}

async function cookiesFrom(tokenCookies: typeof https, agent: string, rememberMe = true): Promise<string[]> {
  const issued = await registerAda(createTestAuth().auth, { ...fromBrowser, rememberMe });
  const response = new Headers();
  tokenCookies.setCookies(headersSink(response), headers({ "user-agent": agent }), issued);
  return response
    .getSetCookie()
    .map((cookie) =>
      cookie.replace(/=(ey|rt1|su1)[^;]+/, "=<token>").replace(/(session[-\d]*)=[\w-]{16}\.[\w-]{8};/, "$1=<names>;"),
    );
}

/** The two names in the readable cookie of a pair. */
function hintOf(issued: IssuedTokens): { tokenId: string; user: string } {
  const response = new Headers();
  https.setCookies(headersSink(response), headers({}), issued);
  const [, tokenId = "", user = ""] = /session=([^.;]+)\.([^.;]+);/.exec(response.getSetCookie()[2] ?? "") ?? [];
  return { tokenId, user };
}

describe("setCookies()", () => {
  const host = [
    "__Host-watchword.access=<token>; Max-Age=1209600; Path=/; HttpOnly; Secure; SameSite=Lax",
    "__Host-watchword.refresh=<token>; Max-Age=1209600; Path=/; HttpOnly; Secure; SameSite=Lax",
    "__Host-watchword.session=<names>; Max-Age=1209600; Path=/; Secure; SameSite=Lax",
    "__Host-watchword.step-up=<token>; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax",
  ];
  const plain = host.map((cookie) => cookie.replace("__Host-", "").replace("; Secure", ""));

  it.each(Object.entries(agents))("over https gives %s prefixed cookies, whatever it is", async (_, agent) => {
    expect(await cookiesFrom(https, agent)).toEqual(host);
  });

  it.each(Object.entries(agents))("on http://localhost gives %s what it takes", async (name, agent) => {
    const taken = name === "safari" || name === "iphone" ? plain : host;
    expect(await cookiesFrom(localhost, agent)).toEqual(taken.map((cookie) => cookie.replace("=", "-3000=")));
  });

  it("sets no end for cookies that are not to be remembered", async () => {
    for (const cookie of await cookiesFrom(https, agents.chrome, false)) expect(cookie).not.toMatch(/max-age|expires/i);
  });

  it("sets no Domain, so that no sibling host gets them", async () => {
    for (const cookie of await cookiesFrom(https, agents.chrome)) expect(cookie).not.toMatch(/domain/i);
  });

  it("gives each refresh another id in the readable cookie, and the same tokens the same id", async () => {
    const { auth } = createTestAuth();
    const issued = await registerAda(auth, fromBrowser);
    const next = await auth.refresh({ refreshToken: issued.refreshToken, delivery: "cookie" });
    const [tokenId, same, other] = [issued, issued, next].map((tokens) => hintOf(tokens).tokenId);
    expect(same).toBe(tokenId);
    expect(other).not.toBe(tokenId);
    for (const { accessToken, refreshToken } of [issued, next]) {
      for (const name of [tokenId, other]) expect(`${accessToken} ${refreshToken}`).not.toContain(name);
    }
  });

  it("names the user there, the same in each session and after each refresh, and another by another", async () => {
    const { auth } = createTestAuth();
    const issued = await registerAda(auth, fromBrowser);
    const again = await loginAda(auth, fromBrowser);
    const next = await auth.refresh({ refreshToken: issued.refreshToken, delivery: "cookie" });
    const grace = await auth.register({ ...ada, username: "grace", email: "grace@example.com", ...fromBrowser });
    expect(new Set([issued, again, next].map((tokens) => hintOf(tokens).user)).size).toBe(1);
    expect(hintOf(grace).user).not.toBe(hintOf(issued).user);
    const hash = createHash("sha256").update(`watchword/user/${issued.user.id}`).digest("base64url");
    expect(hintOf(issued).user).toBe(hash.slice(0, 8));
  });

  it("puts nothing there that leads back to the user or the session", async () => {
    const { auth } = createTestAuth();
    const issued = await registerAda(auth, fromBrowser);
    const { tokenId, user } = hintOf(issued);
    const ids = [issued.user.id, issued.session.id].flatMap((id) => {
      const octets = Buffer.from(id.replaceAll("-", ""), "hex");
      return [id.replaceAll("-", ""), octets.toString("base64url"), octets.toString("base64")];
    });
    const known = [...ids, issued.user.username, issued.user.email, issued.user.name, issued.session.salt.toString()];
    for (const hash of [tokenId, user]) {
      for (const text of known) expect(text).not.toContain(hash);
      const decoded = Buffer.from(hash, "base64url").toString("hex");
      for (const text of known) expect(text).not.toContain(decoded);
    }
  });

  it("puts no secret where a script can read", async () => {
    const readable = (await cookiesFrom(https, agents.chrome)).filter((cookie) => !cookie.includes("HttpOnly"));
    expect(readable).toEqual([host[2]]);
  });
});

it("clearCookies() clears all four under the names and attributes that they were set with", async () => {
  for (const [tokenCookies, agent] of [
    [https, agents.safari],
    [localhost, agents.safari],
    [localhost, agents.chrome],
  ] as const) {
    const response = new Headers();
    tokenCookies.clearCookies(headersSink(response), headers({ "user-agent": agent }));
    const set = await cookiesFrom(tokenCookies, agent);
    expect(response.getSetCookie()).toEqual(set.map((cookie) => cookie.replace(/=[^;]*; Max-Age=\d+/, "=; Max-Age=0")));
  }
});

describe("accessToken()", () => {
  it.each([
    ["the cookie", { cookie: `${access}=a.b.c` }],
    ["the header", { authorization: "Bearer a.b.c" }],
    ["the header, in another case", { authorization: "bEARER a.b.c" }],
    ["the header, with more spaces", { authorization: "Bearer   a.b.c " }],
    ["both, when they are the same", { cookie: `${access}=a.b.c`, authorization: "Bearer a.b.c" }],
    ["the cookie among others", { cookie: `x=1; ${access}=a.b.c; y=2` }],
    ["the cookie without spaces between", { cookie: `x=1;${access}=a.b.c;y=2` }],
    ["the same cookie twice", { cookie: `${access}=a.b.c; ${access}=a.b.c` }],
    ["the cookie beside an empty one", { cookie: `${access}=; ${access}=a.b.c` }],
  ])("takes %s", (_, given) => expect(https.accessToken(headers(given))).toBe("a.b.c"));

  it.each([
    ["nothing", {}],
    ["other cookies", { cookie: "x=1; watchword.access=a.b.c" }],
    ["a name that ends the same", { cookie: `x${access}=a.b.c` }],
    ["a name in another case", { cookie: "__host-Watchword.access=a.b.c" }],
    ["a cookie without a value", { cookie: `${access}=` }],
    ["a cookie without a sign", { cookie: access }],
    ["an empty header", { cookie: "" }],
    ["the value of another cookie", { cookie: `x="${access}=a.b.c"` }],
  ])("finds none in %s", (_, given) => expect(https.accessToken(headers(given))).toBeUndefined());

  it.each([
    ["both, different", { cookie: `${access}=a.b.c`, authorization: "Bearer d.e.f" }],
    ["two cookies, different: one was planted (H08)", { cookie: `${access}=a.b.c; ${access}=d.e.f` }],
    ["another scheme", { authorization: "Basic YWRhOmFkYQ==" }],
    ["another scheme beside a good cookie", { cookie: `${access}=a.b.c`, authorization: "Basic YWRhOmFkYQ==" }],
    ["no token", { authorization: "Bearer" }],
    ["an empty header", { authorization: "" }],
    ["two tokens", { authorization: "Bearer a.b.c d.e.f" }],
    ["two headers", { authorization: "Bearer a.b.c, Bearer d.e.f" }],
    ["a tab instead of a space", { authorization: "Bearer\ta.b.c" }],
    ["quotes", { authorization: 'Bearer "a.b.c"' }],
    ["no space", { authorization: "Bearera.b.c" }],
  ])("refuses %s", (_, given) => expect(reason(() => https.accessToken(headers(given)))).toBe("access_token_invalid"));

  it("throws nothing but AuthError, whatever the headers hold, and takes no longer for it", () => {
    const printable = fc.string({
      unit: fc
        .integer({ min: 0x20, max: 0xff })
        .filter((point) => point !== 0x7f)
        .map((point) => String.fromCharCode(point)),
      maxLength: 200,
    });
    const header = fc.oneof(
      printable,
      printable.map((text) => `Bearer ${text}`),
    );
    fc.assert(
      fc.property(header, header, (authorization, cookie) => {
        const token = reason(() => https.accessToken(headers({ authorization, cookie: `${access}=${cookie}` })));
        expect(["string", "undefined"]).toContain(typeof token);
        reason(() => https.refreshCookie(headers({ cookie })));
      }),
      { numRuns: 1000 },
    );
    const began = performance.now();
    reason(() => https.accessToken(headers({ authorization: `Bearer ${" ".repeat(100_000)}${"=".repeat(100_000)}!` })));
    reason(() => https.accessToken(headers({ authorization: `Bearer ${"a".repeat(100_000)}${" ".repeat(100_000)}!` })));
    expect(performance.now() - began).toBeLessThan(500);
  });
});

describe("refreshCookie()", () => {
  it("takes the cookie, also twice when it is the same", () => {
    expect(https.refreshCookie(headers({ cookie: `${refresh}=x` }))).toBe("x");
    expect(https.refreshCookie(headers({ cookie: `${refresh}=x; ${refresh}=x` }))).toBe("x");
    expect(https.refreshCookie(headers({}))).toBeUndefined();
  });

  it("rejects two that differ: a sibling host may have planted one (H08)", () => {
    expect(reason(() => https.refreshCookie(headers({ cookie: `${refresh}=x; ${refresh}=y` })))).toBe(
      "refresh_token_invalid",
    );
  });

  it("never takes it from a plain cookie where the prefix is to be had", () => {
    expect(https.refreshCookie(headers({ cookie: "watchword.refresh=x" }))).toBeUndefined();
    const plain = { cookie: "watchword.refresh-3000=x" };
    expect(localhost.refreshCookie(headers({ ...plain, "user-agent": agents.chrome }))).toBeUndefined();
    expect(localhost.refreshCookie(headers({ ...plain, "user-agent": agents.safari }))).toBe("x");
    expect(
      https.refreshCookie(headers({ cookie: "watchword.refresh=x", "user-agent": agents.safari })),
    ).toBeUndefined();
  });
});

describe("The device's cookie", () => {
  const device = "__Host-watchword.device";
  async function given(rememberMe = true) {
    const clock = createFakeClock();
    const { auth } = createTestAuth({ clock, rateLimitCounter: createMemoryRateLimitCounter(clock) });
    const issued = await registerAda(auth, { ...fromBrowser, rememberMe });
    const response = new Headers();
    https.setCookies(headersSink(response), headers({}), issued);
    const cookie = response.getSetCookie().find((one) => one.startsWith(device));
    return { issued, cookie };
  }

  it("is out of every script's reach, outlives the session, and comes back as it was given", async () => {
    const { issued, cookie } = await given();
    expect(cookie).toBe(`${device}=${issued.deviceToken}; Max-Age=15552000; Path=/; HttpOnly; Secure; SameSite=Lax`);
    expect(https.deviceToken(headers({ cookie: `a=b; ${device}=${issued.deviceToken}` }))).toBe(issued.deviceToken);
  });

  it("stays when a login that was not to be remembered ends, and after a logout", async () => {
    expect((await given(false)).cookie).toContain("Max-Age=15552000");
    const response = new Headers();
    https.clearCookies(headersSink(response), headers({}));
    expect(response.getSetCookie().join()).not.toContain(device);
  });

  it("is believed from no request that has two different ones", () => {
    expect(https.deviceToken(headers({ cookie: `${device}=a; ${device}=b` }))).toBeUndefined();
    expect(https.deviceToken(headers({}))).toBeUndefined();
  });
});

describe("The names of cookies", () => {
  it.each([
    ["https://app.test", ""],
    ["https://app.test:443", ""],
    ["https://app.test:8443", "-8443"],
    ["http://localhost:3001", "-3001"],
    ["http://localhost", ""],
    ["http://[::1]:3499", "-3499"],
  ])("of the app at %s all end in %j", async (appUrl, ending) => {
    const tokenCookies = createTokenCookies({ appUrl });
    const clock = createFakeClock();
    const { auth } = createTestAuth({ clock, rateLimitCounter: createMemoryRateLimitCounter(clock) });
    const issued = await registerAda(auth, fromBrowser);
    const written: string[] = [];
    const sink = { set: (name: string) => void written.push(name) };
    tokenCookies.setCookies(sink, headers({}), issued);
    tokenCookies.clearCookies(sink, headers({}));
    expect(tokenCookies.ending).toBe(ending);
    expect(written.filter((name) => !/^__Host-watchword\.(?:[a-z]+|step-up)(?:-\d+)?$/.test(name))).toEqual([]);
    expect(written.filter((name) => !name.endsWith(ending) || !tokenCookies.names.has(name))).toEqual([]);
  });

  it("are others on another port of the host: neither takes the other's for its own, nor ends them", () => {
    const other = createTokenCookies({ appUrl: "http://localhost:3001" });
    const jar = {
      cookie: "__Host-watchword.access-3001=a.b.c; __Host-watchword.refresh-3001=x; watchword.device-3001=y",
    };
    for (const agent of [agents.chrome, agents.safari]) {
      const request = headers({ ...jar, "user-agent": agent });
      expect([
        localhost.accessToken(request),
        localhost.refreshCookies(request),
        localhost.deviceToken(request),
      ]).toEqual([undefined, [], undefined]);
    }
    expect(other.refreshCookie(headers(jar))).toBe("x");
    expect([...localhost.names].filter((name) => other.names.has(name) || https.names.has(name))).toEqual([]);
  });

  it("without the prefix are ours on localhost alone", () => {
    expect([...https.names].every((name) => name.startsWith("__Host-"))).toBe(true);
    expect(localhost.names.has("watchword.access-3000")).toBe(true);
  });
});
