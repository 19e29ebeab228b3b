import { describe, expect, it } from "vitest";
import { createHold } from "../../../test/hold.ts";
import { errorOf } from "../../../test/test-session.ts";
import { createFakePasswordHasher } from "../../testing/fake-password-hasher.ts";
import { createMemoryStore } from "../../testing/memory-store/store.ts";
import {
  ada,
  createTestAuth,
  fromBrowser,
  fromTerminal,
  loginAda,
  reasonOf,
  registerAda,
  type TestAuth,
  type TestAuthOptions,
} from "../../testing/test-auth.ts";
import { createTestMail } from "../../testing/test-mailer.ts";
import type { IssuedTokens } from "../domain/model.ts";

const newPassword = "another correct horse";

interface Started extends TestAuth {
  kept: IssuedTokens;
  other: IssuedTokens;
  /** Asks for it in the session that is kept. */
  change(passwords?: { currentPassword?: string; newPassword?: string }): Promise<void>;
}

async function start(options: TestAuthOptions = {}): Promise<Started> {
  const test = createTestAuth(options);
  const other = await registerAda(test.auth);
  const kept = await loginAda(test.auth);
  return {
    ...test,
    kept,
    other,
    change: async (passwords) => {
      const principal = { user: kept.user, session: kept.session };
      await test.auth.changePassword({ principal, currentPassword: ada.password, newPassword, ...passwords });
    },
  };
}

describe("changePassword()", () => {
  it("takes the new password from now on, and the old one no more", async () => {
    const { auth, change, events, kept } = await start();
    await change();
    expect(await reasonOf(loginAda(auth))).toBe("invalid_credentials");
    expect(await reasonOf(auth.login({ identifier: "ada", password: newPassword, ...fromTerminal }))).toBe("ok");
    expect(events).toContainEqual({ type: "password_changed", userId: kept.user.id, sessionId: kept.session.id });
  });

  it("keeps the session that asked, and ends all the others at once", async () => {
    const { auth, change, kept, other } = await start();
    const browser = await loginAda(auth, fromBrowser);
    await change();
    expect(await reasonOf(auth.verify(kept.accessToken))).toBe("access_token_expired");
    const renewed = await auth.refresh({ refreshToken: kept.refreshToken, delivery: "body" });
    expect(await reasonOf(auth.verify(renewed.accessToken))).toBe("ok");
    expect(await reasonOf(auth.verify(other.accessToken))).toBe("session_revoked");
    expect(await reasonOf(auth.refresh({ refreshToken: other.refreshToken, delivery: "body" }))).toBe(
      "session_revoked",
    );
    expect(await reasonOf(auth.refresh({ refreshToken: browser.refreshToken, delivery: "cookie" }))).toBe(
      "session_revoked",
    );
  });

  it("asks for the current password again, and says at which field it was wrong", async () => {
    const { change, auth, other } = await start();
    await expect(change({ currentPassword: "not it at all" })).rejects.toMatchObject({
      reason: "invalid_credentials",
      terminal: false,
      fields: { currentPassword: [expect.any(String)] },
    });
    expect(await reasonOf(auth.verify(other.accessToken))).toBe("ok");
  });

  it.each(["short", "password123", "Ada Lovelace", "ada@example.com"])(
    "rejects the new password %j and changes nothing",
    async (bad) => {
      const { change, auth } = await start();
      expect(await reasonOf(change({ newPassword: bad }))).toBe("password_unacceptable");
      expect(await reasonOf(loginAda(auth))).toBe("ok");
    },
  );

  it.each(["not the current one", ""])(
    "says that the current password (%j) is wrong and that the new one is unacceptable in one answer",
    async (currentPassword) => {
      const { change } = await start();
      const error = await errorOf(change({ currentPassword, newPassword: "short" }));
      expect(Object.keys(error.fields ?? {})).toEqual(["currentPassword", "password"]);
    },
  );

  it("compares also for a user who is gone", async () => {
    const { kept } = await start();
    const empty = createTestAuth();
    const call = empty.auth.changePassword({ principal: kept, currentPassword: ada.password, newPassword });
    expect(await reasonOf(call)).toBe("invalid_credentials");
    expect(empty.passwords.calls).toEqual([{ method: "verify", stored: false }]);
  });
});

describe("changePassword() at once with", () => {
  it.each([
    ["before the refresh looks", "findStoredSession", "before"],
    ["between its look and its write", "findStoredSession", "after"],
    ["just before its write", "rotateSession", "before"],
    ["just after its write", "rotateSession", "after"],
  ] as const)("a refresh of another session, %s: that session is dead (R11)", async (_, method, moment) => {
    const hold = createHold();
    const { auth, change, kept, other } = await start({ store: createMemoryStore({ pause: hold.pause }) });
    const held = hold.next(method, moment);
    const refreshed = auth.refresh({ refreshToken: other.refreshToken, delivery: "body" }).catch(() => undefined);
    await held.reached;
    await change();
    held.release();
    const late = await refreshed;
    for (const token of [other, late]) {
      if (!token) continue;
      expect(await reasonOf(auth.verify(token.accessToken))).toBe("session_revoked");
      expect(await reasonOf(auth.refresh({ refreshToken: token.refreshToken, delivery: "body" }))).toBe(
        "session_revoked",
      );
    }
    expect(await reasonOf(auth.refresh({ refreshToken: kept.refreshToken, delivery: "body" }))).toBe("ok");
  });

  it("a refresh of the session that is kept: it goes on, whatever the order", async () => {
    for (const moment of ["before", "after"] as const) {
      const hold = createHold();
      const { auth, change, kept } = await start({ store: createMemoryStore({ pause: hold.pause }) });
      const held = hold.next("rotateSession", moment);
      const refreshed = auth.refresh({ refreshToken: kept.refreshToken, delivery: "body" });
      await held.reached;
      await change();
      held.release();
      expect(await reasonOf(auth.refresh({ refreshToken: (await refreshed).refreshToken, delivery: "body" }))).toBe(
        "ok",
      );
    }
  });

  it("50 refreshes and logins, in any order: what is alive at the end knew the new password (R11, R12)", async () => {
    const { auth, change, kept, other } = await start();
    const calls = Array.from({ length: 50 }, async (_, index) => {
      for (let turn = 0; turn < index; turn += 1) await Promise.resolve();
      const call = index % 2 ? loginAda(auth) : auth.refresh({ refreshToken: other.refreshToken, delivery: "body" });
      return call.catch(() => undefined);
    });
    const changed = (async () => {
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      await change();
    })();
    const issued = [...(await Promise.all(calls)), other];
    await changed;
    expect(issued.filter(Boolean).length).toBeGreaterThan(1);
    for (const token of issued) {
      if (!token) continue;
      expect(await reasonOf(auth.verify(token.accessToken))).not.toBe("ok");
      expect(await reasonOf(auth.refresh({ refreshToken: token.refreshToken, delivery: "body" }))).not.toBe("ok");
    }
    expect(await reasonOf(auth.verify(kept.accessToken))).toBe("access_token_expired");
    expect(await reasonOf(auth.refresh({ refreshToken: kept.refreshToken, delivery: "body" }))).toBe("ok");
  });

  it("a change in another session: one of them wins, and ends the other's session", async () => {
    const { auth, change, kept, other } = await start();
    const elsewhere = auth.changePassword({
      principal: other,
      currentPassword: ada.password,
      newPassword: "a third one entirely",
    });
    const outcomes = await Promise.all([reasonOf(change()), reasonOf(elsewhere)]);
    expect([...outcomes].sort()).toEqual(["ok", "session_revoked"]);
    const alive = await Promise.all([kept, other].map(({ accessToken }) => reasonOf(auth.verify(accessToken))));
    expect(alive).toEqual(outcomes.map((outcome) => (outcome === "ok" ? "access_token_expired" : outcome)));
  });

  it("the same change sent twice: nobody is told that their session ended, for it did not", async () => {
    const { auth, change, kept } = await start();
    const outcomes = await Promise.all([reasonOf(change()), reasonOf(change())]);
    expect([...outcomes].sort()).toEqual(["ok", "temporarily_unavailable"]);
    expect(await reasonOf(auth.verify(kept.accessToken))).toBe("access_token_expired");
    expect(await reasonOf(auth.refresh({ refreshToken: kept.refreshToken, delivery: "body" }))).toBe("ok");
  });

  it("a login that stores the same password in a newer way: try again, and the session goes on (P15)", async () => {
    const hold = createHold();
    const passwords = createFakePasswordHasher({ pause: hold.pause });
    const { auth, change, kept } = await start({ passwords });
    const held = hold.next("verify");
    const first = reasonOf(change());
    await held.reached;
    passwords.version = 2;
    await loginAda(auth);
    held.release();
    expect(await first).toBe("temporarily_unavailable");
    expect(await reasonOf(auth.verify(kept.accessToken))).toBe("ok");
    expect(await reasonOf(change())).toBe("ok");
  });

  it("disabling: the change is rejected, and says why", async () => {
    const hold = createHold();
    const { auth, change, kept } = await start({ passwords: createFakePasswordHasher({ pause: hold.pause }) });
    const held = hold.next("verify");
    const call = reasonOf(change());
    await held.reached;
    await auth.admin.disable({ actor: null, userId: kept.user.id });
    held.release();
    expect(await call).toBe("account_disabled");
  });
});

it("changePassword() is told with whose it was and in which session, and its owner by email", async () => {
  const { auth, change, kept, events } = await start();
  await change();
  expect(events.at(-1)).toEqual({ type: "password_changed", userId: kept.user.id, sessionId: kept.session.id });
  const mails = (await createTestMail(auth).deliver()).map(({ kind, to }) => [kind, to]);
  expect(mails).toContainEqual(["password_changed", ada.email]);
});
