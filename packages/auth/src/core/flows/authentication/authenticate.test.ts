import { describe, expect, it } from "vitest";
import { aSession, someBytes } from "../../../testing/fixtures.ts";
import { createMemoryStore } from "../../../testing/memory-store/store.ts";
import { ada, createTestAuth, fromTerminal, registerAda } from "../../../testing/test-auth.ts";
import { amrOf } from "../../domain/amr.ts";

const credentialOf = (userId: string) => ({
  id: aSession({ userId }).id,
  userId,
  kind: "key",
  lookupKey: null,
  data: "of a test",
  version: 1,
  label: null,
  createdAt: 0,
  lastUsedAt: null,
});

/** A store in which something happens between the proof of the password and the insert of the session. */
function interrupted(between: (store: ReturnType<typeof createMemoryStore>, userId: string) => Promise<unknown>) {
  const store = createMemoryStore();
  let armed = false;
  const test = createTestAuth({
    store: {
      ...store,
      createSession: async (session, quota) => {
        if (armed) await between(store, session.userId);
        return store.createSession(session, quota);
      },
    },
  });
  return {
    ...test,
    arm: () => {
      armed = true;
    },
  };
}

describe("a login, between the proof of the password and the insert of its session", () => {
  it.each<[string, Parameters<typeof interrupted>[0]]>([
    [
      "the password is changed",
      async (store, userId) => {
        const [{ session } = expect.fail("no session")] = await store.listSessions(userId);
        const from = (await store.findCredentialsById(userId))?.passwordHash ?? "";
        const change = { from, to: "new", keepSessionId: session.id, stepUpHash: someBytes(32), methods: [], now: 0 };
        expect(await store.changePassword({ userId, ...change })).toBe(true);
      },
    ],
    ["the user is disabled", (store, userId) => store.disableUser({ userId, now: 0 })],
    [
      "a credential is added",
      (store, userId) => store.addCredential({ credential: credentialOf(userId), credentialVersion: 1 }),
    ],
    [
      "a credential is added and removed",
      async (store, userId) => {
        const credential = credentialOf(userId);
        await store.addCredential({ credential, credentialVersion: 1 });
        expect(await store.removeCredential({ id: credential.id, userId, waysIn: ["password"] })).toBe("removed");
      },
    ],
    ["the user is deleted", (store, userId) => store.deleteUser({ userId })],
  ])("begins no session when %s", async (_, between) => {
    const test = interrupted(between);
    const { user } = await registerAda(test.auth);
    test.arm();
    const before = (await test.store.listSessions(user.id)).length;
    const login = test.auth.login({ identifier: ada.username, password: ada.password, ...fromTerminal });
    await expect(login).rejects.toMatchObject({ reason: "invalid_credentials" });
    expect((await test.store.listSessions(user.id)).length).toBeLessThanOrEqual(before);
    expect(test.events).toContainEqual(expect.objectContaining({ type: "login_failed", why: "credentials_changed" }));
    expect(test.events.filter(({ type }) => type === "login_succeeded")).toEqual([]);
  });
});

describe("amr and auth_time", () => {
  it("say pwd and the time of the login, in the session and in each access token, also after a refresh", async () => {
    const { auth, clock } = createTestAuth();
    const first = await registerAda(auth, fromTerminal);
    const begun = clock.now();
    clock.advance(90_000);
    const next = await auth.refresh({ refreshToken: first.refreshToken, delivery: "body" });
    for (const { session, accessToken } of [first, next]) {
      expect([session.amr, session.authenticatedAt]).toEqual([["pwd"], begun]);
      const payload = JSON.parse(Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString());
      expect(payload).toMatchObject({ amr: ["pwd"], auth_time: Math.floor(begun / 1000) });
    }
    expect((await auth.verify(next.accessToken)).session.amr).toEqual(["pwd"]);
  });

  it("auth_time moves with a step-up, and amr does not", async () => {
    const { auth, clock } = createTestAuth();
    const { refreshToken, accessToken } = await registerAda(auth, fromTerminal);
    clock.advance(60_000);
    const principal = await auth.verify(accessToken);
    await auth.confirmPassword({ principal, password: ada.password });
    const next = await auth.refresh({ refreshToken, delivery: "body" });
    expect([next.session.amr, next.session.authenticatedAt]).toEqual([["pwd"], clock.now()]);
  });

  it.each([
    [["password"], ["pwd"]],
    [["password", "password"], ["pwd"]],
    [
      ["password", "of another app"],
      ["pwd", "of another app", "mfa"],
    ],
  ])("the kinds %j are %j (RFC 8176)", (kinds, amr) => {
    expect(
      amrOf(
        kinds.map((kind) => ({ kind, at: 0 })),
        new Map([["password", "pwd"]]),
      ),
    ).toEqual(amr);
  });
});
