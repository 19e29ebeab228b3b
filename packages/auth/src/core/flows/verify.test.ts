import { webcrypto } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { testStart } from "../../testing/fake-clock.ts";
import { ada, createTestAuth, loginAda, reasonOf, registerAda, testSecret } from "../../testing/test-auth.ts";
import type { User } from "../domain/model.ts";
import type { AuthStore } from "../ports/store.ts";

const second = 1000;

function changed<Found extends { user: User }>(found: Found | undefined): Found | undefined {
  return found && { ...found, user: { ...found.user, role: "admin", claimsVersion: 2 } };
}

/** The same store after a change of what tokens say of every user. */
function changeOfClaims(store: AuthStore): AuthStore {
  return {
    ...store,
    findSessionWithUser: async (id) => changed(await store.findSessionWithUser(id)),
    findStoredSession: async (id) => changed(await store.findStoredSession(id)),
  };
}

describe("verify()", () => {
  it("says who it is, as the store has them now, and how long it lasts", async () => {
    const { auth, clock } = createTestAuth();
    const { accessToken, user, session } = await registerAda(auth);
    clock.advance(100 * second);
    expect(await auth.verify(accessToken)).toMatchObject({
      user,
      session: { id: session.id, generation: 0 },
      expiresIn: 800,
      refreshExpiresIn: 1_209_500,
    });
  });

  it("reads the store once, by key", async () => {
    const { auth, store } = createTestAuth();
    const { accessToken } = await registerAda(auth);
    const asked: string[] = [];
    const watched = new Proxy(store, {
      get(target, method: keyof typeof store) {
        asked.push(method);
        return target[method];
      },
    });
    const { auth: elsewhere } = createTestAuth({ store: watched });
    await elsewhere.verify(accessToken);
    asked.length = 0; // the first call of a process reads the keys, too
    await elsewhere.verify(accessToken);
    expect(asked).toEqual(["findSessionWithUser"]);
  });

  it("checks a signature once, and asks for time and session at every call all the same", async () => {
    const { auth, clock } = createTestAuth();
    const { accessToken, refreshToken } = await registerAda(auth);
    const checks = vi.spyOn(webcrypto.subtle, "verify");
    for (let call = 0; call < 5; call += 1) expect(await reasonOf(auth.verify(accessToken))).toBe("ok");
    expect(checks).toHaveBeenCalledTimes(1);
    clock.advance(900 * second);
    expect(await reasonOf(auth.verify(accessToken))).toBe("access_token_expired");
    clock.advance(-900 * second);
    await auth.logout({ refreshToken, accessToken: undefined });
    expect(await reasonOf(auth.verify(accessToken))).toBe("session_revoked");
    expect(checks).toHaveBeenCalledTimes(1);
    checks.mockRestore();
  });

  it("remembers no token that it rejected, nor one that differs by a character", async () => {
    const { auth } = createTestAuth();
    const { accessToken } = await registerAda(auth);
    await auth.verify(accessToken);
    const forged = `${accessToken.slice(0, -2)}${accessToken.at(-2) === "A" ? "B" : "A"}${accessToken.slice(-1)}`;
    for (const text of [forged, `${accessToken} `, `${accessToken}=`, accessToken.toUpperCase()]) {
      for (let call = 0; call < 2; call += 1) expect(await reasonOf(auth.verify(text))).toBe("access_token_invalid");
    }
  });

  it("takes a token that says what is no longer so for one that has expired, and a refresh puts it right", async () => {
    const { auth, store } = createTestAuth();
    const { accessToken, refreshToken } = await registerAda(auth);
    const principal = await auth.verify(accessToken);
    const renamed = changeOfClaims(store);
    const after = createTestAuth({ store: renamed }).auth;
    expect(await reasonOf(after.verify(accessToken))).toBe("access_token_expired");
    expect(await reasonOf(after.recheck(principal))).toBe("access_token_expired");
    const next = await after.refresh({ refreshToken, delivery: "body" });
    expect((await after.verify(next.accessToken)).user).toMatchObject({ role: "admin", claimsVersion: 2 });
  });

  it.each([899, 900, 901])("%d s after it was made: expired from its 900th second on (T06)", async (age) => {
    const { auth, clock } = createTestAuth();
    const { accessToken } = await registerAda(auth);
    clock.advance(age * second);
    expect(await reasonOf(auth.verify(accessToken))).toBe(age < 900 ? "ok" : "access_token_expired");
  });

  it("keeps the older access token of a session alive until its own end", async () => {
    const { auth, clock } = createTestAuth();
    const first = await registerAda(auth);
    clock.advance(60 * second);
    await auth.refresh({ refreshToken: first.refreshToken, delivery: "body" });
    expect(await reasonOf(auth.verify(first.accessToken))).toBe("ok");
  });

  it("rejects at once after logout, a password change elsewhere, or disabling", async () => {
    const { auth } = createTestAuth();
    const [one, two, three] = [await registerAda(auth), await loginAda(auth), await loginAda(auth)];
    await auth.logout({ refreshToken: undefined, accessToken: one.accessToken });
    expect(await reasonOf(auth.verify(one.accessToken))).toBe("session_revoked");
    const principal = await auth.verify(two.accessToken);
    await auth.changePassword({ principal, currentPassword: ada.password, newPassword: "another correct horse" });
    expect(await reasonOf(auth.verify(three.accessToken))).toBe("session_revoked");
    expect(await reasonOf(auth.verify(two.accessToken))).toBe("access_token_expired");
    const renewed = await auth.refresh({ refreshToken: two.refreshToken, delivery: "body" });
    expect(await reasonOf(auth.verify(renewed.accessToken))).toBe("ok");
    await auth.admin.disable({ actor: null, userId: two.user.id });
    expect(await reasonOf(auth.verify(renewed.accessToken))).toBe("account_disabled");
  });

  it("rejects a session at its idle and its absolute end, although the access token still has time", async () => {
    const idle = createTestAuth({ refreshIdleSeconds: 300 });
    const { accessToken } = await registerAda(idle.auth);
    idle.clock.advance(300 * second - 1);
    expect(await reasonOf(idle.auth.verify(accessToken))).toBe("ok");
    idle.clock.advance(1);
    expect(await reasonOf(idle.auth.verify(accessToken))).toBe("session_expired");

    const absolute = createTestAuth({ refreshTokenTtlSeconds: 1000 });
    const first = await registerAda(absolute.auth);
    absolute.clock.advance(900 * second);
    const next = await absolute.auth.refresh({ refreshToken: first.refreshToken, delivery: "body" });
    absolute.clock.advance(100 * second - 1);
    expect(await reasonOf(absolute.auth.verify(next.accessToken))).toBe("ok");
    absolute.clock.advance(1);
    expect(await reasonOf(absolute.auth.verify(next.accessToken))).toBe("session_expired");
  });

  it("rejects the token of a session that was deleted with its user", async () => {
    const { auth, store } = createTestAuth();
    const { accessToken } = await registerAda(auth);
    const without = createTestAuth({ store: { ...store, findSessionWithUser: async () => undefined } });
    expect(await reasonOf(without.auth.verify(accessToken))).toBe("session_revoked");
  });

  it("rejects a token whose session belongs to somebody else", async () => {
    const { auth, store } = createTestAuth();
    const { accessToken } = await registerAda(auth);
    const grace = await auth.register({
      ...ada,
      username: "grace",
      email: "grace@example.com",
      delivery: "body",
      rememberMe: true,
      userAgent: null,
      ipAddress: null,
    });
    const mixedUp = createTestAuth({
      store: { ...store, findSessionWithUser: () => store.findSessionWithUser(grace.session.id) },
    });
    expect(await reasonOf(mixedUp.auth.verify(accessToken))).toBe("access_token_invalid");
  });

  it.each(["", "x", "a.b.c", testSecret, "rt1."])("rejects %j", async (text) => {
    const { auth } = createTestAuth();
    expect(await reasonOf(auth.verify(text))).toBe("access_token_invalid");
  });

  it("rejects a refresh token, and refresh() an access token", async () => {
    const { auth } = createTestAuth();
    const { accessToken, refreshToken } = await registerAda(auth);
    expect(await reasonOf(auth.verify(refreshToken))).toBe("access_token_invalid");
    expect(await reasonOf(auth.refresh({ refreshToken: accessToken, delivery: "body" }))).toBe("refresh_token_invalid");
  });

  it("rejects the tokens of another installation, by its secret or its address", async () => {
    const { auth, store } = createTestAuth();
    const { accessToken } = await registerAda(auth);
    const otherSecret = createTestAuth({ store, secrets: ["quite-another-key-for-quite-another-server"] });
    const otherAddress = createTestAuth({ store, issuer: "https://other.test" });
    expect(await reasonOf(otherSecret.auth.verify(accessToken))).toBe("access_token_invalid");
    expect(await reasonOf(otherAddress.auth.verify(accessToken))).toBe("access_token_invalid");
  });

  it("goes on while a secret is being replaced, and refresh tokens do not care", async () => {
    const { auth, store } = createTestAuth();
    const { accessToken, refreshToken } = await registerAda(auth);
    const fresh = "the-key-that-takes-over-from-the-test-key";
    const during = createTestAuth({ store, secrets: [fresh, testSecret] });
    expect(await reasonOf(during.auth.verify(accessToken))).toBe("ok");
    const after = createTestAuth({ store, secrets: [fresh] });
    expect(await reasonOf(after.auth.verify(accessToken))).toBe("access_token_invalid");
    expect(await reasonOf(after.auth.refresh({ refreshToken, delivery: "body" }))).toBe("ok");
  });
});

describe("recheck()", () => {
  it.each([899, 900, 901])(
    "%d s after the token was made: over from its 900th second on, as verify() has it",
    async (age) => {
      const { auth, clock } = createTestAuth();
      const { accessToken } = await registerAda(auth);
      clock.advance(300);
      const principal = await auth.verify(accessToken);
      expect(principal.accessTokenEndsAt).toBe(testStart + 900 * second);
      clock.set(testStart + age * second);
      expect(await reasonOf(auth.recheck(principal))).toBe(age < 900 ? "ok" : "access_token_expired");
      expect(await reasonOf(auth.recheck(principal))).toBe(await reasonOf(auth.verify(accessToken)));
    },
  );

  it("says what verify() would say of the session, and reads the store once for it", async () => {
    const { auth, store } = createTestAuth({ refreshIdleSeconds: 300 });
    const [one, two] = [await registerAda(auth), await loginAda(auth)];
    const asked: string[] = [];
    const watched = new Proxy(store, {
      get(target, method: keyof typeof store) {
        asked.push(method);
        return target[method];
      },
    });
    const elsewhere = createTestAuth({ store: watched, refreshIdleSeconds: 300 });
    const principals = [await auth.verify(one.accessToken), await auth.verify(two.accessToken)] as const;
    await elsewhere.auth.recheck(principals[0]);
    asked.length = 0; // the first call of a process reads the keys, too
    expect(await reasonOf(elsewhere.auth.recheck(principals[0]))).toBe("ok");
    expect(asked).toEqual(["findSessionWithUser"]);
    await auth.logout({ refreshToken: undefined, accessToken: one.accessToken });
    expect(await reasonOf(elsewhere.auth.recheck(principals[0]))).toBe("session_revoked");
    expect(await reasonOf(elsewhere.auth.recheck(principals[1]))).toBe("ok");
    elsewhere.clock.advance(300 * second);
    expect(await reasonOf(elsewhere.auth.recheck(principals[1]))).toBe("session_expired");
    await auth.admin.disable({ actor: null, userId: two.user.id });
    expect(await reasonOf(auth.recheck(principals[1]))).toBe("account_disabled");
    const empty = createTestAuth();
    expect(await reasonOf(empty.auth.recheck(principals[1]))).toBe("session_revoked");
  });
});

describe("verify.atOnce()", () => {
  /** A store that has its sessions at hand, and may be changed under the rules. */
  async function prepared() {
    const { auth: first, store, clock } = createTestAuth();
    const issued = await registerAda(first);
    const at = { found: await store.findSessionWithUser(issued.session.id), reads: 0 };
    const findSessionWithUser = () => {
      at.reads += 1;
      return at.found;
    };
    const { auth } = createTestAuth({ clock, store: { ...store, findSessionWithUser } });
    const atOnce = () => auth.verify.atOnce?.(issued.accessToken);
    return { auth, issued, at, clock, atOnce };
  }

  it("gives a promise for a token that it sees first, and then what verify() resolves to, with one read each", async () => {
    const { auth, issued, at, atOnce } = await prepared();
    const first = atOnce();
    expect(first).toBeInstanceOf(Promise);
    const whole = await first;
    expect(atOnce()).toEqual(whole);
    expect(await auth.verify(issued.accessToken)).toEqual(whole);
    expect(at.reads).toBe(3);
  });

  it("throws at once for a session that has ended since, a user who was disabled or changed, and a token that has run out", async () => {
    const { at, clock, atOnce } = await prepared();
    await atOnce();
    const living = at.found;
    if (!living) throw new Error("There is no session");
    const { session, user } = living;
    const reason = () => reasonOf((async () => atOnce())());
    at.found = { ...living, session: { ...session, revokedAt: testStart, revokedReason: "logout" } };
    expect(atOnce).toThrow(expect.objectContaining({ reason: "session_revoked" }));
    at.found = undefined;
    expect(await reason()).toBe("session_revoked");
    at.found = { ...living, user: { ...user, disabledAt: testStart } };
    expect(await reason()).toBe("account_disabled");
    at.found = { ...living, user: { ...user, claimsVersion: user.claimsVersion + 1 } };
    expect(await reason()).toBe("access_token_expired");
    at.found = { ...living, user: { ...user, id: session.id } };
    expect(await reason()).toBe("access_token_invalid");
    at.found = living;
    expect(await reason()).toBe("ok");
    clock.advance(900 * second);
    expect(await reason()).toBe("access_token_expired");
  });

  it("gives a promise where the store has to be asked", async () => {
    const { auth } = createTestAuth();
    const { accessToken } = await registerAda(auth);
    await auth.verify(accessToken);
    expect(auth.verify.atOnce?.(accessToken)).toBeInstanceOf(Promise);
  });
});
