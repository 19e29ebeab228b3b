import { describe, expect, it } from "vitest";
import { createHold } from "../../../test/hold.ts";
import { createMemoryStore } from "../../testing/memory-store/store.ts";
import { createTestAuth, fromBrowser, loginAda, reasonOf, registerAda } from "../../testing/test-auth.ts";
import { formatRefreshToken, parseRefreshToken } from "../tokens/refresh-token.ts";

describe("logout() ends the session", () => {
  it("at once: neither token opens anything any more (S3)", async () => {
    const { auth, events } = createTestAuth();
    const issued = await registerAda(auth);
    await auth.logout({ refreshToken: issued.refreshToken, accessToken: undefined });
    expect(await reasonOf(auth.verify(issued.accessToken))).toBe("session_revoked");
    expect(await reasonOf(auth.refresh({ refreshToken: issued.refreshToken, delivery: "body" }))).toBe(
      "session_revoked",
    );
    expect(events.at(-2)).toEqual({ type: "logged_out", userId: issued.user.id, sessionId: issued.session.id });
  });

  it.each([
    ["the refresh token alone", (token: string) => ({ refreshToken: token, accessToken: undefined }), "refreshToken"],
    ["the access token alone", (token: string) => ({ refreshToken: undefined, accessToken: token }), "accessToken"],
  ] as const)("with %s", async (_, input, which) => {
    const { auth } = createTestAuth();
    const issued = await registerAda(auth);
    await auth.logout(input(issued[which]));
    expect(await reasonOf(auth.verify(issued.accessToken))).toBe("session_revoked");
  });

  it("with an access token that has expired, even a week ago", async () => {
    const { auth, clock } = createTestAuth();
    const issued = await registerAda(auth);
    clock.advance(7 * 86_400_000);
    await auth.logout({ refreshToken: undefined, accessToken: issued.accessToken });
    expect(await reasonOf(auth.refresh({ refreshToken: issued.refreshToken, delivery: "body" }))).toBe(
      "session_revoked",
    );
  });

  it("with a refresh token of any generation", async () => {
    const { auth } = createTestAuth();
    const issued = await registerAda(auth);
    const next = await auth.refresh({ refreshToken: issued.refreshToken, delivery: "body" });
    const current = await auth.refresh({ refreshToken: next.refreshToken, delivery: "body" });
    await auth.logout({ refreshToken: issued.refreshToken, accessToken: undefined });
    expect(await reasonOf(auth.verify(current.accessToken))).toBe("session_revoked");
  });

  it("of each token, when they are of two sessions, and of no other", async () => {
    const { auth } = createTestAuth();
    const [one, two, three] = [await registerAda(auth), await loginAda(auth, fromBrowser), await loginAda(auth)];
    await auth.logout({ refreshToken: one.refreshToken, accessToken: two.accessToken });
    const outcomes = await Promise.all([one, two, three].map(({ accessToken }) => reasonOf(auth.verify(accessToken))));
    expect(outcomes).toEqual(["session_revoked", "session_revoked", "ok"]);
  });
});

describe("logout() returns, and ends nothing,", () => {
  it("the second time, and tells of it once", async () => {
    const { auth, events } = createTestAuth();
    const { refreshToken, accessToken } = await registerAda(auth);
    await auth.logout({ refreshToken, accessToken });
    await auth.logout({ refreshToken, accessToken });
    expect(events.filter(({ type }) => type === "logged_out")).toHaveLength(1);
  });

  it.each([
    ["nothing", { refreshToken: undefined, accessToken: undefined }],
    ["nonsense", { refreshToken: "rt1.x", accessToken: "x" }],
    ["empty texts", { refreshToken: "", accessToken: "" }],
  ])("with %s", async (_, tokens) => {
    const { auth, events } = createTestAuth();
    const issued = await registerAda(auth);
    expect(await reasonOf(auth.logout(tokens))).toBe("ok");
    expect(await reasonOf(auth.verify(issued.accessToken))).toBe("ok");
    expect(events).toHaveLength(1);
  });

  it("with the id of a session and no proof of it: nobody logs a stranger out (S7)", async () => {
    const { auth, store } = createTestAuth();
    const issued = await registerAda(auth);
    const token = parseRefreshToken(issued.refreshToken);
    if (!token) throw new Error("No refresh token");
    const before = await store.findStoredSession(issued.session.id);
    const guessed = formatRefreshToken({ ...token, familySecret: new Uint8Array(16) });
    await auth.logout({
      refreshToken: guessed,
      accessToken: issued.accessToken.replace(/.$/, "A").replace(/\.[^.]+$/, `.${"A".repeat(43)}`),
    });
    expect(await store.findStoredSession(issued.session.id)).toEqual(before);
  });
});

describe("logout() and refresh() at once (R10)", () => {
  it.each([
    ["logout before the refresh looks", "findStoredSession", "before"],
    ["logout between its look and its write", "findStoredSession", "after"],
    ["logout just before its write", "rotateSession", "before"],
    ["logout just after its write", "rotateSession", "after"],
  ] as const)("%s: nothing of the session works afterwards", async (_, method, moment) => {
    const hold = createHold();
    const { auth, store } = createTestAuth({ store: createMemoryStore({ pause: hold.pause }) });
    const issued = await registerAda(auth);
    const held = hold.next(method, moment);
    const refreshed = auth.refresh({ refreshToken: issued.refreshToken, delivery: "body" }).catch(() => undefined);
    await held.reached;
    await auth.logout({ refreshToken: issued.refreshToken, accessToken: issued.accessToken });
    held.release();
    const late = await refreshed;
    expect(late !== undefined).toBe(method === "rotateSession" && moment === "after");
    for (const token of [issued, late]) {
      if (!token) continue;
      expect(await reasonOf(auth.verify(token.accessToken))).toBe("session_revoked");
      expect(await reasonOf(auth.refresh({ refreshToken: token.refreshToken, delivery: "body" }))).toBe(
        "session_revoked",
      );
    }
    expect((await store.findStoredSession(issued.session.id))?.session.revokedReason).toBe("logout");
  });

  it("a refresh before the logout looks", async () => {
    const hold = createHold();
    const { auth } = createTestAuth({ store: createMemoryStore({ pause: hold.pause }) });
    const issued = await registerAda(auth);
    const held = hold.next("revokeSession", "before");
    const loggedOut = auth.logout({ refreshToken: issued.refreshToken, accessToken: undefined });
    await held.reached;
    const next = await auth.refresh({ refreshToken: issued.refreshToken, delivery: "body" });
    held.release();
    await loggedOut;
    expect(await reasonOf(auth.verify(next.accessToken))).toBe("session_revoked");
    expect(await reasonOf(auth.refresh({ refreshToken: next.refreshToken, delivery: "body" }))).toBe("session_revoked");
  });
});

it("logout() says so when the store cannot do it, and does not pretend", async () => {
  const { auth, store } = createTestAuth();
  const issued = await registerAda(auth);
  const broken = createTestAuth({ store: { ...store, revokeSession: () => Promise.reject(new Error("read-only")) } });
  await expect(broken.auth.logout({ refreshToken: issued.refreshToken, accessToken: undefined })).rejects.toThrow(
    "read-only",
  );
});

describe("logoutEverywhere()", () => {
  it("ends every session of the user at once, the one that asks too, and nobody else's", async () => {
    const { auth, events } = createTestAuth();
    const here = await registerAda(auth);
    const there = await loginAda(auth);
    const bob = await auth.register({ ...fromBrowser, ...bobsAccount });
    expect(await auth.logoutEverywhere(here.user.id)).toBe(2);
    for (const { accessToken, refreshToken, session } of [here, there]) {
      expect(await reasonOf(auth.verify(accessToken))).toBe("session_revoked");
      expect(await reasonOf(auth.refresh({ refreshToken, delivery: session.delivery }))).toBe("session_revoked");
    }
    expect((await auth.verify(bob.accessToken)).user.id).toBe(bob.user.id);
    expect(events).toContainEqual({ type: "logged_out_everywhere", userId: here.user.id, sessions: 2 });
  });
});

const bobsAccount = {
  username: "bob",
  email: "bob@example.com",
  name: "Bob",
  password: "nine green bottles",
};
