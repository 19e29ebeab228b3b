import { describe, expect, it } from "vitest";
import { tokensOfAda } from "../../../test/tokens-of-ada.ts";
import { createTestApp, type TestApp } from "../../testing/test-app.ts";
import { ada } from "../../testing/test-auth.ts";
import type { AuditPageOutput } from "../output.ts";

const wrongLogin = { identifier: ada.username, password: "not the password at all" };
const byProxy = { "user-agent": "a stranger's curl", "x-forwarded-for": "198.51.100.9" };

async function entriesOf(app: TestApp, headers: Record<string, string>, input?: unknown): Promise<AuditPageOutput> {
  const { status, body } = await app.get("auth.timeline", input, headers);
  expect(status).toBe(200);
  return body.result.data as unknown as AuditPageOutput;
}

describe("auth.timeline", () => {
  it("lists a user's entries to that user alone, the newest first", async () => {
    const app = createTestApp({ trustedProxyHops: 1 });
    const { bearer } = await tokensOfAda(app);
    await app.post("auth.login", wrongLogin, byProxy);
    const bob = { username: "bob", email: "bob@example.com", name: "Bob", password: "a horse of another colour" };
    await app.post("auth.register", { ...bob, delivery: "body" });
    const { entries, nextCursor } = await entriesOf(app, bearer);
    expect(nextCursor).toBeNull();
    expect(entries.map(({ event, current }) => [event, current])).toEqual([
      ["authn_login_fail", false],
      ["user_created", true],
      ["session_created", true],
    ]);
    expect(entries[0]).toEqual({
      at: "2026-01-01T00:00:00.000Z",
      event: "authn_login_fail",
      outcome: "failure",
      detail: "wrong_password",
      sessionId: null,
      current: false,
      byAdministrator: false,
      userAgent: "a stranger's curl",
      ipAddress: "198.51.100.9",
    });
    expect((await app.get("auth.timeline")).body.error.data.reason).toBe("access_token_missing");
  });

  it("names where a token was reused, and which device was logged out for that", async () => {
    const app = createTestApp({ trustedProxyHops: 1 });
    const { bearer } = await tokensOfAda(app);
    const login = { identifier: ada.username, password: ada.password, delivery: "body" };
    const { refreshToken: first } = (await app.post("auth.login", login, { "user-agent": "Ada's phone" })).body.result
      .data;
    const { refreshToken: second } = (await app.post("auth.refresh", { refreshToken: first })).body.result.data;
    await app.post("auth.refresh", { refreshToken: second });
    await app.post("auth.refresh", { refreshToken: first }, byProxy);
    const { entries } = await entriesOf(app, bearer);
    expect(entries.slice(0, 2)).toMatchObject([
      { event: "authn_token_reuse", outcome: "failure", ipAddress: "198.51.100.9", userAgent: "a stranger's curl" },
      { event: "session_expired", detail: "refresh_token_reused", userAgent: "Ada's phone", ipAddress: null },
    ]);
  });

  it("gives the entries of one kind alone where it is asked for one", async () => {
    const app = createTestApp();
    const { bearer } = await tokensOfAda(app);
    await app.post("auth.login", wrongLogin);
    const kinds = async (kind: string) => (await entriesOf(app, bearer, { kind })).entries.map(({ event }) => event);
    expect(await kinds("warnings")).toEqual(["authn_login_fail"]);
    expect(await kinds("logins")).toEqual(["authn_login_fail", "session_created"]);
    expect(await kinds("account")).toEqual(["user_created"]);
    expect(await kinds("sessions")).toEqual(["session_created"]);
    const wrong = await app.get("auth.timeline", { kind: "everything" }, bearer);
    expect(wrong.body.error.data.reason).toBe("validation_failed");
  });

  it("comes a page at a time, and the cursor leads through all of it", async () => {
    const app = createTestApp();
    const { bearer } = await tokensOfAda(app);
    for (let count = 0; count < 5; count += 1) await app.post("auth.login", wrongLogin);
    const sizes: number[] = [];
    let cursor: number | null = null;
    do {
      const page: AuditPageOutput = await entriesOf(app, bearer, { limit: 3, cursor });
      sizes.push(page.entries.length);
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(sizes).toEqual([3, 3, 1]);
  });

  it("shows one session alone when asked, and nothing of another's", async () => {
    const app = createTestApp();
    const { bearer } = await tokensOfAda(app);
    const { sessionId } = (await entriesOf(app, bearer)).entries[0] ?? {};
    await app.post("auth.login", wrongLogin);
    const bob = { username: "bob", email: "bob@example.com", name: "Bob", password: "a horse of another colour" };
    const { accessToken } = (await app.post("auth.register", { ...bob, delivery: "body" })).body.result.data;
    expect((await entriesOf(app, bearer, { sessionId })).entries).toHaveLength(2);
    const asBob = { authorization: `Bearer ${accessToken}` };
    expect((await entriesOf(app, asBob, { sessionId })).entries).toEqual([]);
  });

  it.each([{ limit: 0 }, { limit: 101 }, { cursor: -1 }, { cursor: 1.5 }, { sessionId: "x" }, { userId: "somebody" }])(
    "refuses %o",
    async (input) => {
      const app = createTestApp();
      const { bearer } = await tokensOfAda(app);
      expect((await app.get("auth.timeline", input, bearer)).body.error.data.reason).toBe("validation_failed");
    },
  );
});
