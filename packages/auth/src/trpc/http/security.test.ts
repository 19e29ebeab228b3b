import { describe, expect, it } from "vitest";
import { cookiesOfAda, tokensOfAda } from "../../../test/tokens-of-ada.ts";
import { createTestApp, type Reply } from "../../testing/test-app.ts";
import { ada } from "../../testing/test-auth.ts";

const login = { identifier: ada.username, password: ada.password };
const said = (reply: Reply) => [reply.status, reply.body.error?.data.reason];

describe("another site cannot", () => {
  const foreign: Array<Record<string, string>> = [
    { origin: "https://evil.test", "sec-fetch-site": "cross-site" },
    { origin: "https://evil.app.test", "sec-fetch-site": "same-site" },
    { origin: "null", "sec-fetch-site": "cross-site" },
    { origin: "null" },
    { origin: "http://app.test" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin: "https://evil.test", "sec-fetch-site": "same-origin" },
  ];

  it.each(foreign)("log a user out, refresh for them, or read who they are: %j (H10)", async (headers) => {
    const app = createTestApp();
    const cookie = await cookiesOfAda(app);
    for (const path of ["auth.logout", "auth.refresh"]) {
      const reply = await app.post(path, {}, { ...headers, cookie });
      expect([...said(reply), reply.setCookies]).toEqual([403, "cross_site_request", []]);
    }
    expect(said(await app.get("auth.me", undefined, { ...headers, cookie }))).toEqual([403, "cross_site_request"]);
    expect((await app.get("auth.me", undefined, { cookie })).body.result.data).toMatchObject({
      session: { rotations: 0 },
    });
  });

  it.each(foreign)("log a user in to its own account, which needs no cookie: %j (H10)", async (headers) => {
    const app = createTestApp();
    await cookiesOfAda(app);
    const before = app.passwords.calls.length;
    const reply = await app.post("auth.login", login, headers);
    expect([...said(reply), reply.setCookies]).toEqual([403, "cross_site_request", []]);
    expect(app.passwords.calls).toHaveLength(before);
  });

  it("but the app's own pages, an address that was typed, and a terminal can", async () => {
    for (const headers of [
      {},
      { origin: "https://app.test", "sec-fetch-site": "same-origin" },
      { "sec-fetch-site": "none" },
    ] as Array<Record<string, string>>) {
      const app = createTestApp();
      await cookiesOfAda(app);
      expect((await app.post("auth.login", login, headers)).status).toBe(200);
    }
  });
});

describe("session fixation: cookies that an attacker set before the login", () => {
  it("are replaced by it, and their session ends instead of lying in wait (H09)", async () => {
    const app = createTestApp();
    const mallory = {
      username: "mallory",
      email: "mallory@example.com",
      name: "Mallory",
      password: "correct horse mallory",
    };
    const planted = (await app.post("auth.register", mallory)).cookie;
    await cookiesOfAda(app);
    const reply = await app.post("auth.login", login, { cookie: planted });
    expect(reply.status).toBe(200);
    for (const value of planted.split("; ").slice(0, 2)) expect(reply.cookie).not.toContain(value.split("=")[1]);
    expect((await app.get("auth.me", undefined, { cookie: reply.cookie })).body.result.data).toMatchObject({
      user: { username: "ada" },
    });
    expect(said(await app.get("auth.me", undefined, { cookie: planted }))).toEqual([401, "session_revoked"]);
  });

  it('are ended together by a logout, when there are two: "logged out" is true of both (H08)', async () => {
    const app = createTestApp();
    const cookie = await cookiesOfAda(app);
    const other = (await app.post("auth.login", login)).cookie;
    expect((await app.post("auth.logout", {}, { cookie: `${cookie}; ${other}` })).status).toBe(200);
    for (const ended of [cookie, other]) {
      expect(said(await app.get("auth.me", undefined, { cookie: ended }))).toEqual([401, "session_revoked"]);
    }
  });

  it("do not survive beside it: two different ones are rejected, and none is chosen (H08)", async () => {
    const app = createTestApp();
    const cookie = await cookiesOfAda(app);
    const other = (await app.post("auth.login", login)).cookie;
    const both = { cookie: `${cookie}; ${other}` };
    expect(said(await app.get("auth.me", undefined, both))).toEqual([401, "access_token_invalid"]);
    expect(said(await app.post("auth.refresh", {}, both))).toEqual([401, "refresh_token_invalid"]);
    expect((await app.get("auth.me", undefined, { cookie })).status).toBe(200);
  });

  it("under plain names are not read over https", async () => {
    const app = createTestApp();
    const cookie = (await cookiesOfAda(app)).replaceAll("__Host-", "");
    expect(said(await app.get("auth.me", undefined, { cookie }))).toEqual([401, "access_token_missing"]);
    expect(said(await app.post("auth.refresh", {}, { cookie }))).toEqual([401, "refresh_token_missing"]);
  });
});

describe("a stranger cannot", () => {
  it("learn from the response whether an account exists (P07)", async () => {
    const app = createTestApp();
    await cookiesOfAda(app);
    const seen = async (identifier: string) => {
      const { status, text, headers } = await app.post("auth.login", { identifier, password: "wrong password" });
      return { status, text, headers: [...headers].sort() };
    };
    const known = await seen("ada");
    expect(known.status).toBe(401);
    for (const unknown of ["nobody", "ada@example.com", "nobody@example.com"])
      expect(await seen(unknown)).toEqual(known);
  });

  it("pass a refresh token, or another secret of the session, for an access token", async () => {
    const app = createTestApp();
    const { refreshToken, accessToken } = await tokensOfAda(app);
    for (const text of [refreshToken, refreshToken.slice(4), `${accessToken}x`, accessToken.slice(0, -1)]) {
      expect(said(await app.get("auth.me", undefined, { authorization: `Bearer ${text}` }))).toEqual([
        401,
        "access_token_invalid",
      ]);
    }
  });

  it("end or use another user's session by knowing its id (S7)", async () => {
    const app = createTestApp();
    const { refreshToken, bearer } = await tokensOfAda(app);
    const payload = Buffer.from(refreshToken.slice(4), "base64url");
    payload.fill(0, 20);
    const guessed = `rt1.${payload.toString("base64url")}`;
    expect(said(await app.post("auth.refresh", { refreshToken: guessed }))).toEqual([401, "refresh_token_invalid"]);
    expect((await app.post("auth.logout", { refreshToken: guessed })).status).toBe(200);
    expect((await app.get("auth.me", undefined, bearer)).body.result.data).toMatchObject({ session: { rotations: 0 } });
  });

  it("make the server work for long with a token of any length", async () => {
    const app = createTestApp();
    const began = performance.now();
    for (const text of [
      "A".repeat(60_000),
      `${"A.".repeat(20_000)}A`,
      "=".repeat(60_000),
      `${"A".repeat(30_000)}.${"A".repeat(29_000)}.${"A".repeat(43)}`,
    ]) {
      expect(said(await app.get("auth.me", undefined, { authorization: `Bearer ${text}` }))).toEqual([
        401,
        "access_token_invalid",
      ]);
    }
    expect(said(await app.post("auth.refresh", { refreshToken: "A".repeat(60_000) }))).toEqual([
      400,
      "validation_failed",
    ]);
    expect(performance.now() - began).toBeLessThan(500);
  });

  it("go on with a stolen refresh token unnoticed (S5)", async () => {
    const app = createTestApp();
    const { refreshToken } = await tokensOfAda(app);
    const refresh = async (token: unknown) => app.post("auth.refresh", { refreshToken: token });
    const thief = await refresh((await refresh(refreshToken)).body.result.data.refreshToken);
    app.clock.advance(900_000);
    expect(said(await refresh(refreshToken))).toEqual([401, "refresh_token_reused"]);
    expect(said(await refresh(thief.body.result.data.refreshToken))).toEqual([401, "refresh_token_reused"]);
    const { accessToken } = thief.body.result.data;
    expect(said(await app.get("auth.me", undefined, { authorization: `Bearer ${String(accessToken)}` }))[0]).toBe(401);
  });
});
