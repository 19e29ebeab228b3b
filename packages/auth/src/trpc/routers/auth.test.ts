import { describe, expect, it } from "vitest";
import { cookiesOfAda, tokensOfAda } from "../../../test/tokens-of-ada.ts";
import { AuthError } from "../../core/domain/errors.ts";
import { createTestApp, testAddress } from "../../testing/test-app.ts";
import { ada } from "../../testing/test-auth.ts";
import type { SessionPageOutput } from "../output.ts";

const second = 1000;
const login = { identifier: ada.username, password: ada.password };
const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const token = /eyJ|rt1\.|su1\./;

const user = {
  id: uuid,
  username: "ada",
  email: "ada@example.com",
  name: "Ada Lovelace",
  createdAt: moment,
  emailVerified: false,
  role: "user",
};
const session = {
  id: uuid,
  delivery: "cookie",
  rememberMe: true,
  createdAt: moment,
  authenticatedAt: moment,
  amr: ["pwd"],
  lastSeenAt: moment,
  expiresAt: moment,
  userAgent: null,
  ipAddress: testAddress,
  rotations: 0,
};
const answer = { user, session, expiresIn: 900, refreshExpiresIn: 1_209_600 };

describe("auth.register and auth.login", () => {
  it.each([
    ["auth.register", { ...ada }],
    ["auth.login", login],
  ])("%s with cookie delivery answers without any token, and sets four cookies", async (path, input) => {
    const app = createTestApp();
    if (path === "auth.login") await cookiesOfAda(app);
    const reply = await app.post(path, input);
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({ result: { data: { status: "complete", ...answer } } });
    expect(reply.text).not.toMatch(token);
    expect(reply.setCookies.map((cookie) => cookie.split("=")[0])).toEqual([
      "__Host-watchword.access",
      "__Host-watchword.refresh",
      "__Host-watchword.session",
      "__Host-watchword.step-up",
    ]);
  });

  it("a login in a browser ends the session whose cookies it replaces, and no other", async () => {
    const app = createTestApp();
    const elsewhere = await cookiesOfAda(app);
    const before = (await app.post("auth.login", login)).cookie;
    const after = (await app.post("auth.login", login, { cookie: before })).cookie;
    const statuses = [before, after, elsewhere].map(
      async (cookie) => (await app.get("auth.me", undefined, { cookie })).status,
    );
    expect(await Promise.all(statuses)).toEqual([401, 200, 200]);
    await app.post("auth.login", { ...login, password: "not the right one" }, { cookie: after });
    await app.post("auth.login", { ...login, delivery: "body" }, { cookie: after });
    expect((await app.get("auth.me", undefined, { cookie: after })).status).toBe(200);
  });

  it.each([
    ["auth.register", { ...ada, delivery: "body" }],
    ["auth.login", { ...login, delivery: "body" }],
  ])("%s with body delivery answers with all three tokens, and sets no cookie", async (path, input) => {
    const app = createTestApp();
    if (path === "auth.login") await cookiesOfAda(app);
    const reply = await app.post(path, input);
    expect(reply.setCookies).toEqual([]);
    expect(reply.body.result.data).toEqual({
      status: "complete",
      ...answer,
      session: { ...session, delivery: "body" },
      tokenType: "Bearer",
      accessToken: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]{86}$/),
      refreshToken: expect.stringMatching(/^rt1\.[\w-]{91}$/),
      stepUpToken: expect.stringMatching(/^su1\.[\w-]{43}$/),
    });
  });

  it('auth.login takes delivery "cookie" by its name, an email for a username, and forgets when asked to', async () => {
    const app = createTestApp();
    await cookiesOfAda(app);
    const reply = await app.post("auth.login", {
      ...login,
      identifier: "ADA@example.com",
      delivery: "cookie",
      rememberMe: false,
    });
    expect(reply.body.result.data).toMatchObject({ session: { delivery: "cookie", rememberMe: false } });
    for (const cookie of reply.setCookies) expect(cookie).not.toContain("Max-Age");
  });

  it("a session that is not to be remembered stays so when it is refreshed", async () => {
    const app = createTestApp();
    await cookiesOfAda(app);
    const { cookie } = await app.post("auth.login", { ...login, rememberMe: false });
    const refreshed = await app.post("auth.refresh", {}, { cookie });
    for (const one of refreshed.setCookies) expect(one).not.toContain("Max-Age");
  });

  it("keep the client's address: the one that our own proxy saw, and no other", async () => {
    const forwarded = { "x-forwarded-for": "203.0.113.9, 198.51.100.7", "user-agent": "curl/8" };
    const byTwo = { "x-forwarded-for": "203.0.113.9, 10.0.0.7" };
    const cases: Array<[number, Record<string, string>, string | null]> = [
      [0, forwarded, testAddress],
      [1, forwarded, "198.51.100.7"],
      // The inner proxy was reached by an address that is no proxy's: what that one says is not believed.
      [2, forwarded, "198.51.100.7"],
      [2, byTwo, "203.0.113.9"],
      [3, { "x-forwarded-for": "10.0.0.8, 10.0.0.7" }, testAddress],
      [1, { "x-forwarded-for": "<script>" }, testAddress],
      [1, { "x-forwarded-for": "2001:db8::1" }, "2001:db8::1"],
      [1, { "x-forwarded-for": "203.0.113.9:41234" }, "203.0.113.9"],
      [1, { forwarded: 'for="[2001:db8::1]:443";proto=https' }, "2001:db8::1"],
    ];
    for (const [trustedProxyHops, headers, ipAddress] of cases) {
      const app = createTestApp({ trustedProxyHops });
      const reply = await app.post("auth.register", { ...ada }, headers);
      expect(reply.body.result.data).toMatchObject({
        session: { ipAddress, userAgent: headers["user-agent"] ?? null },
      });
    }
  });
});

describe("auth.refresh", () => {
  it("takes the cookie, with or without an input, and sets the next ones", async () => {
    for (const input of [{}, undefined, ""]) {
      const app = createTestApp();
      const cookie = await cookiesOfAda(app);
      const reply = await app.post("auth.refresh", input, { cookie });
      expect(reply.status).toBe(200);
      expect(reply.body.result.data).toEqual({ ...answer, session: { ...session, rotations: 1 } });
      expect(reply.setCookies).toHaveLength(3);
      expect(reply.cookie).not.toBe(cookie);
      expect((await app.get("auth.me", undefined, { cookie: reply.cookie })).status).toBe(200);
    }
  });

  it("takes the body's token, and answers in the body", async () => {
    const app = createTestApp();
    const { refreshToken } = await tokensOfAda(app);
    const reply = await app.post("auth.refresh", { refreshToken });
    expect(reply.setCookies).toEqual([]);
    expect(reply.body.result.data).toMatchObject({ tokenType: "Bearer", session: { rotations: 1 } });
    expect(reply.body.result.data.refreshToken).not.toBe(refreshToken);
  });

  it("rejects a token in the cookie together with one in the body", async () => {
    const app = createTestApp();
    const cookie = await cookiesOfAda(app);
    const { refreshToken } = (await app.post("auth.login", { ...login, delivery: "body" })).body.result.data;
    const reply = await app.post("auth.refresh", { refreshToken }, { cookie });
    expect([reply.status, reply.body.error.data.reason]).toEqual([400, "validation_failed"]);
    expect(reply.setCookies).toEqual([]);
  });

  it("rejects a request without either, and leaves the cookies", async () => {
    const reply = await createTestApp().post("auth.refresh", {});
    expect([reply.status, reply.body.error.data.reason]).toEqual([401, "refresh_token_missing"]);
    expect(reply.setCookies).toEqual([]);
  });

  it("clears no cookies when it rejects a session that is over: auth.clearDeadCookies does", async () => {
    const app = createTestApp();
    const cookie = await cookiesOfAda(app);
    await app.post("auth.logout", {}, { cookie });
    const reply = await app.post("auth.refresh", {}, { cookie });
    expect([reply.status, reply.body.error.data.reason]).toEqual([401, "session_revoked"]);
    expect(reply.setCookies).toEqual([]);
    const cleared = await app.post("auth.clearDeadCookies", {}, { cookie });
    expect(cleared.body.result.data).toEqual({ cleared: true });
    expect(cleared.setCookies).toHaveLength(4);
    for (const one of cleared.setCookies) expect(one).toContain("Max-Age=0");
  });

  it("touches no cookie when the store is busy: 503 with Retry-After (a busy server logs nobody out)", async () => {
    const whole = createTestApp();
    const cookie = await cookiesOfAda(whole);
    const store = { ...whole.store, findStoredSession: () => Promise.reject(new AuthError("temporarily_unavailable")) };
    const busy = createTestApp({ store });
    const reply = await busy.post("auth.refresh", {}, { cookie });
    expect([reply.status, reply.body.error.data.reason, reply.headers.get("retry-after")]).toEqual([
      503,
      "temporarily_unavailable",
      "1",
    ]);
    expect(reply.setCookies).toEqual([]);
    expect(busy.reportedErrors).toEqual(["auth.refresh"]);
    expect((await whole.post("auth.refresh", {}, { cookie })).status).toBe(200);
  });

  it("gives 50 parallel calls 50 answers with one successor, and rotates once (R01)", async () => {
    const app = createTestApp();
    const cookie = await cookiesOfAda(app);
    const replies = await Promise.all(Array.from({ length: 50 }, () => app.post("auth.refresh", {}, { cookie })));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(replies.map(({ setCookies }) => setCookies[1])).size).toBe(1);
    expect(new Set(replies.map(({ body }) => (body.result.data.session as { rotations: number }).rotations))).toEqual(
      new Set([1]),
    );
  });

  it("rejects a body session's token in a cookie, and a cookie's in the body, and revokes nothing (R19)", async () => {
    const app = createTestApp();
    const { refreshToken } = await tokensOfAda(app);
    const swapped = await app.post("auth.refresh", {}, { cookie: `__Host-watchword.refresh=${refreshToken}` });
    expect(swapped.body.error.data.reason).toBe("refresh_token_invalid");
    const { cookie } = await app.post("auth.login", login);
    const inCookie = /refresh=([^;]+)/.exec(cookie)?.[1];
    expect((await app.post("auth.refresh", { refreshToken: inCookie })).body.error.data.reason).toBe(
      "refresh_token_invalid",
    );
    expect((await app.post("auth.refresh", { refreshToken })).status).toBe(200);
    expect((await app.post("auth.refresh", {}, { cookie })).status).toBe(200);
  });
});

describe("auth.logoutEverywhere", () => {
  it("ends every session, clears the cookies of this one, and needs a login", async () => {
    const app = createTestApp();
    const cookie = await cookiesOfAda(app);
    const credentials = { identifier: ada.username, password: ada.password, delivery: "body" };
    const { accessToken } = (await app.post("auth.login", credentials)).body.result.data;
    const bearer = { authorization: `Bearer ${accessToken}` };
    const reply = await app.post("auth.logoutEverywhere", {}, { cookie });
    expect([reply.status, reply.body.result.data]).toEqual([200, { loggedOut: true }]);
    expect(reply.setCookies.filter((one) => one.includes("Max-Age=0"))).toHaveLength(4);
    expect((await app.get("auth.me", undefined, bearer)).body.error.data.reason).toBe("session_revoked");
    const again = await app.post("auth.logoutEverywhere", {}, {});
    expect([again.status, again.body.error.data.reason]).toEqual([401, "access_token_missing"]);
  });
});

describe("auth.logout", () => {
  it("ends the session, clears the cookies, and says so any number of times", async () => {
    const app = createTestApp();
    const cookie = await cookiesOfAda(app);
    for (const headers of [{ cookie }, { cookie }, {}] as Array<Record<string, string>>) {
      const reply = await app.post("auth.logout", undefined, headers);
      expect([reply.status, reply.body.result.data]).toEqual([200, { loggedOut: true }]);
      expect(reply.setCookies.filter((one) => one.includes("Max-Age=0"))).toHaveLength(4);
    }
    expect((await app.get("auth.me", undefined, { cookie })).body.error.data.reason).toBe("session_revoked");
  });

  it("works with an access token that has run out, and nothing else", async () => {
    const app = createTestApp();
    const { refreshToken, bearer } = await tokensOfAda(app);
    app.clock.advance(3600 * second);
    expect((await app.post("auth.logout", {}, bearer)).status).toBe(200);
    expect((await app.post("auth.refresh", { refreshToken })).body.error.data.reason).toBe("session_revoked");
  });

  it("works with a refresh token in the body", async () => {
    const app = createTestApp();
    const { refreshToken, bearer } = await tokensOfAda(app);
    expect((await app.post("auth.logout", { refreshToken })).body.result.data).toEqual({ loggedOut: true });
    expect((await app.get("auth.me", undefined, bearer)).body.error.data.reason).toBe("session_revoked");
  });

  it("works for a browser with two different cookies, or with tokens that are nonsense", async () => {
    const app = createTestApp();
    const cookie = await cookiesOfAda(app);
    const planted = await app.post("auth.logout", {}, { cookie: `${cookie}; __Host-watchword.refresh=planted` });
    expect(planted.body.result.data).toEqual({ loggedOut: true });
    const nonsense = await app.post("auth.logout", { refreshToken: "x" }, { authorization: "Nonsense" });
    expect(nonsense.body.result.data).toEqual({ loggedOut: true });
  });

  it("keeps the cookies, and does not pretend, when the store cannot do it", async () => {
    const whole = createTestApp();
    const cookie = await cookiesOfAda(whole);
    const store = { ...whole.store, revokeSession: () => Promise.reject(new AuthError("temporarily_unavailable")) };
    const reply = await createTestApp({ store }).post("auth.logout", {}, { cookie });
    expect(reply.status).toBe(503);
    expect(reply.setCookies).toEqual([]);
  });
});

describe("auth.me", () => {
  it("says who is there, by cookie or bearer", async () => {
    const app = createTestApp();
    const cookie = await cookiesOfAda(app);
    const reply = await app.get("auth.me", undefined, { cookie });
    expect(reply.body.result.data).toEqual({ user, session, expiresIn: 900, refreshExpiresIn: 1_209_600 });
    const accessToken = /access=([^;]+)/.exec(cookie)?.[1];
    expect((await app.get("auth.me", undefined, { authorization: `Bearer ${accessToken}` })).status).toBe(200);
    expect((await app.get("auth.me", undefined, { cookie, authorization: `Bearer ${accessToken}` })).status).toBe(200);
  });

  it("rejects both, when they are different", async () => {
    const app = createTestApp();
    const cookie = await cookiesOfAda(app);
    const { accessToken } = (await app.post("auth.login", { ...login, delivery: "body" })).body.result.data;
    const reply = await app.get("auth.me", undefined, { cookie, authorization: `Bearer ${String(accessToken)}` });
    expect([reply.status, reply.body.error.data.reason]).toEqual([401, "access_token_invalid"]);
  });

  it.each([
    ["no token", {}, "access_token_missing"],
    ["nonsense", { authorization: "Bearer x" }, "access_token_invalid"],
    ["another scheme", { authorization: "Basic x" }, "access_token_invalid"],
  ])("refuses %s: 401 %s", async (_, headers, reason) => {
    const reply = await createTestApp().get("auth.me", undefined, headers as Record<string, string>);
    expect([reply.status, reply.body.error.data.reason]).toEqual([401, reason]);
  });

  it("rejects an expired token", async () => {
    const app = createTestApp();
    const { bearer } = await tokensOfAda(app);
    app.clock.advance(900 * second);
    expect((await app.get("auth.me", undefined, bearer)).body.error.data.reason).toBe("access_token_expired");
  });
});

describe("auth.credentials", () => {
  it("lists the user's own ways in, for the user alone, and nothing that proves or finds one", async () => {
    const app = createTestApp();
    const { bearer } = await tokensOfAda(app);
    const reply = await app.get("auth.credentials", undefined, bearer);
    expect(reply.body.result.data).toEqual({
      credentials: [{ kind: "password", label: null, createdAt: moment, lastUsedAt: moment }],
    });
    expect((await app.get("auth.credentials")).body.error.data.reason).toBe("access_token_missing");
  });
});

describe("auth.sessions", () => {
  it("lists where one is logged in, the one that asks first and then the one used last", async () => {
    const app = createTestApp();
    const { bearer } = await tokensOfAda(app);
    app.clock.advance(second);
    const { cookie } = await app.post("auth.login", login, { "user-agent": "Firefox" });
    app.clock.advance(second);
    const gone = (await app.post("auth.login", login)).cookie;
    await app.post("auth.logout", {}, { cookie: gone });
    await app.post("auth.register", { ...ada, username: "grace", email: "grace@example.com" });
    const bySession = { ...session, current: false };
    expect((await app.get("auth.sessions", undefined, bearer)).body.result.data).toEqual({
      sessions: [
        { ...bySession, delivery: "body", current: true },
        { ...bySession, userAgent: "Firefox" },
      ],
      nextCursor: null,
      total: 2,
    });
    app.clock.advance(second);
    await app.post("auth.refresh", {}, { cookie });
    const refreshed = (await app.get("auth.sessions", undefined, bearer)).body.result.data.sessions;
    expect(refreshed).toMatchObject([{ current: true }, { rotations: 1, current: false }]);
  });

  it("comes a page at a time, each session once, and rejects what is no cursor", async () => {
    const app = createTestApp();
    const { bearer } = await tokensOfAda(app);
    for (let count = 0; count < 6; count += 1) await app.post("auth.login", login);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const reply = await app.get("auth.sessions", { limit: 3, cursor }, bearer);
      const data = reply.body.result.data as unknown as SessionPageOutput;
      expect(data.total).toBe(7);
      seen.push(...data.sessions.map(({ id }) => id));
      cursor = data.nextCursor;
    } while (cursor !== null);
    expect([seen.length, new Set(seen).size]).toEqual([7, 7]);
    for (const wrong of [{ cursor: "x" }, { cursor: "1.'; --" }, { limit: 0 }, { limit: 101 }, { more: 1 }]) {
      expect((await app.get("auth.sessions", wrong, bearer)).body.error.data.reason).toBe("validation_failed");
    }
  });

  it("answers without any token or hash, and needs a login", async () => {
    const app = createTestApp();
    const { bearer } = await tokensOfAda(app);
    expect((await app.get("auth.sessions", undefined, bearer)).text).not.toMatch(/eyJ|rt1\.|su1\.|hash|salt/i);
    expect((await app.get("auth.sessions")).body.error.data.reason).toBe("access_token_missing");
  });
});

describe("auth.changePassword", () => {
  it("keeps this session and ends the others", async () => {
    const app = createTestApp();
    const { bearer } = await tokensOfAda(app);
    const { cookie } = await app.post("auth.login", login);
    const change = { currentPassword: ada.password, newPassword: "another correct horse" };
    const reply = await app.post("auth.changePassword", change, { cookie });
    expect(reply.body.result.data).toEqual({ changed: true, expiresIn: 900, refreshExpiresIn: 1_209_600 });
    expect(reply.setCookies).toHaveLength(4);
    expect((await app.get("auth.me", undefined, { cookie })).body.error.data.reason).toBe("access_token_expired");
    expect((await app.get("auth.me", undefined, { cookie: reply.cookie })).status).toBe(200);
    expect((await app.get("auth.me", undefined, bearer)).body.error.data.reason).toBe("session_revoked");
  });

  it("says at which field it was wrong, and needs a login", async () => {
    const app = createTestApp();
    const cookie = await cookiesOfAda(app);
    const wrong = await app.post(
      "auth.changePassword",
      { currentPassword: "wrong", newPassword: "another correct horse" },
      { cookie },
    );
    expect([wrong.status, wrong.body.error.data]).toEqual([
      401,
      expect.objectContaining({ fieldErrors: { currentPassword: [expect.any(String)] } }),
    ]);
    const stranger = await app.post("auth.changePassword", { currentPassword: "x", newPassword: "y" });
    expect(stranger.body.error.data.reason).toBe("access_token_missing");
  });
});
