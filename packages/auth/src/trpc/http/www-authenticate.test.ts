import { describe, expect, it } from "vitest";
import { tokensOfAda } from "../../../test/tokens-of-ada.ts";
import { createTestApp } from "../../testing/test-app.ts";
import { ada } from "../../testing/test-auth.ts";

const start = async () => {
  const app = createTestApp();
  return { app, ...(await tokensOfAda(app)) };
};
const challenge = (reply: { headers: Headers }) => reply.headers.get("www-authenticate");

describe("WWW-Authenticate (RFC 6750 section 3)", () => {
  it("names the scheme to a client that sent no token, and no error", async () => {
    const { app } = await start();
    expect(challenge(await app.get("auth.me"))).toBe('Bearer realm="watchword"');
  });

  it("says invalid_token of a token that ran out, and of one whose session is over", async () => {
    const { app, bearer, refreshToken } = await start();
    app.clock.advance(900_000);
    expect(challenge(await app.get("auth.me", undefined, bearer))).toContain('error="invalid_token"');
    const next = await app.post("auth.refresh", { refreshToken });
    const authorization = `Bearer ${String(next.body.result.data.accessToken)}`;
    await app.post("auth.logout", { refreshToken: String(next.body.result.data.refreshToken) });
    expect(challenge(await app.get("auth.me", undefined, { authorization }))).toContain('error="invalid_token"');
  });

  it("says insufficient_scope to a caller with another role", async () => {
    const { app, bearer } = await start();
    expect(challenge(await app.get("admin.users", { text: "" }, bearer))).toContain('error="insufficient_scope"');
  });

  it("says how recent the password must be (RFC 9470 section 3)", async () => {
    const { app, bearer } = await start();
    app.clock.advance(600_000);
    const reply = await app.post("auth.changeName", { name: "Ada King" }, bearer);
    expect(challenge(reply)).toContain('error="insufficient_user_authentication"');
    expect(challenge(reply)).toContain('max_age="600"');
  });

  it("stands at a wrong password too, as with every 401 (RFC 9110 section 15.5.2)", async () => {
    const { app } = await start();
    const reply = await app.post("auth.login", { identifier: ada.username, password: "not the right one" });
    expect([reply.status, challenge(reply)]).toEqual([401, 'Bearer realm="watchword"']);
  });

  it("stands in no response that succeeded, not even in part, and in no other rejection", async () => {
    const { app, bearer } = await start();
    expect(challenge(await app.get("auth.me", undefined, bearer))).toBeNull();
    expect(challenge(await app.get("app.open,app.mine?batch=1"))).toBeNull();
    expect(challenge(await app.post("auth.login", { identifier: 7 }))).toBeNull();
    expect(challenge(await app.post("auth.login", {}, { origin: "https://evil.test" }))).toBeNull();
  });
});
