import { describe, expect, it } from "vitest";
import { createHold } from "../../../test/hold.ts";
import { errorOf } from "../../../test/test-session.ts";
import { createFakePasswordHasher } from "../../testing/fake-password-hasher.ts";
import {
  ada,
  completed,
  createTestAuth,
  fromBrowser,
  fromTerminal,
  loginAda,
  reasonOf,
  registerAda,
} from "../../testing/test-auth.ts";

describe("login()", () => {
  it.each(["ada", "ADA", " ada ", "ａｄａ", "ada@example.com", "Ada@EXAMPLE.com", "ada\uFF20example.com"])(
    "takes %j and the password",
    async (identifier) => {
      const { auth } = createTestAuth();
      const registered = await registerAda(auth);
      const issued = await completed(auth.login({ identifier, password: ada.password, ...fromTerminal }));
      expect(issued.user).toEqual(registered.user);
      expect(issued.session.id).not.toBe(registered.session.id);
    },
  );

  it("begins another session each time, and ends none", async () => {
    const { auth } = createTestAuth();
    const sessions = [await registerAda(auth), await loginAda(auth), await loginAda(auth, fromBrowser)];
    expect(
      new Set(sessions.flatMap(({ session, refreshToken, accessToken }) => [session.id, refreshToken, accessToken]))
        .size,
    ).toBe(9);
    for (const { accessToken } of sessions) expect(await reasonOf(auth.verify(accessToken))).toBe("ok");
  });

  it("keeps what the list of sessions shows, cut to a length and well-formed", async () => {
    const { auth } = createTestAuth();
    await registerAda(auth);
    const { session } = await loginAda(auth, {
      ...fromBrowser,
      rememberMe: false,
      userAgent: `${"x".repeat(511)}😀`,
      ipAddress: null,
    });
    expect(session).toMatchObject({ rememberMe: false, ipAddress: null });
    expect(session.userAgent).toHaveLength(512);
    expect(session.userAgent?.isWellFormed()).toBe(true);
  });

  it("gives an unknown name and a wrong password the same answer", async () => {
    const { auth } = createTestAuth();
    await registerAda(auth);
    const errors = await Promise.all(
      ["ada", "ada@example.com", "nobody", "nobody@example.com", "", "@", "\uD800"].map((identifier) =>
        errorOf(auth.login({ identifier, password: "wrong password", ...fromTerminal })),
      ),
    );
    for (const { reason, message, fields, status } of errors) {
      expect({ reason, message, fields, status }).toEqual({
        reason: "invalid_credentials",
        message: "That username or password is not right",
        fields: undefined,
        status: 401,
      });
    }
  });

  it("compares for an unknown user, too: the same one call as for a known one (P07)", async () => {
    const { auth, passwords } = createTestAuth();
    await registerAda(auth);
    const callsOf = async (identifier: string) => {
      const before = passwords.calls.length;
      await reasonOf(auth.login({ identifier, password: "wrong password", ...fromTerminal }));
      return passwords.calls.slice(before);
    };
    expect(await callsOf("ada")).toEqual([{ method: "verify", stored: true }]);
    expect(await callsOf("nobody")).toEqual([{ method: "verify", stored: false }]);
    expect(await callsOf("nobody@example.com")).toEqual([{ method: "verify", stored: false }]);
  });

  it("does so for a disabled user", async () => {
    const { auth, passwords } = createTestAuth();
    const { user } = await registerAda(auth);
    await auth.admin.disable({ actor: null, userId: user.id });
    await reasonOf(auth.login({ identifier: "ada", password: "wrong password", ...fromTerminal }));
    expect(passwords.calls.at(-1)).toEqual({ method: "verify", stored: true });
  });

  it("tells of a stored hash that nothing can match, and rejects (P08)", async () => {
    const { auth, store, events } = createTestAuth();
    const { user } = await registerAda(auth);
    const credentials = await store.findCredentialsById(user.id);
    await store.upgradePasswordHash({ userId: user.id, from: credentials?.passwordHash ?? "", to: "$2b$31$garbage" });
    expect(await reasonOf(loginAda(auth))).toBe("invalid_credentials");
    expect(events).toContainEqual({ type: "password_hash_unusable", userId: user.id });
  });

  it.each(["password_change", "disable"])("begins no session when a %s came in between (R12, R13)", async (cause) => {
    const hold = createHold();
    const test = createTestAuth({ passwords: createFakePasswordHasher({ pause: hold.pause }) });
    const { auth, events } = test;
    const registered = await registerAda(auth);
    const held = hold.next("verify");
    const login = reasonOf(loginAda(auth));
    await held.reached;
    if (cause === "disable") await auth.admin.disable({ actor: null, userId: registered.user.id });
    else {
      const principal = await auth.verify(registered.accessToken);
      await auth.changePassword({ principal, currentPassword: ada.password, newPassword: "another correct horse" });
    }
    held.release();
    expect(await login).toBe("invalid_credentials");
    expect(events.at(-1)).toMatchObject({ type: "login_failed", why: "credentials_changed" });
  });
});

describe("login() upgrades an old hash", () => {
  it("once, after which the password still matches", async () => {
    const { auth, passwords, events } = createTestAuth();
    await registerAda(auth);
    passwords.version = 2;
    await loginAda(auth);
    await loginAda(auth);
    expect(events.filter(({ type }) => type === "password_hash_upgraded")).toHaveLength(1);
    expect(passwords.calls.filter(({ method }) => method === "hash")).toHaveLength(2);
  });

  it("but never undoes a password change that came in between (P15)", async () => {
    const hold = createHold();
    const passwords = createFakePasswordHasher({ pause: hold.pause });
    const { auth, events } = createTestAuth({ passwords });
    const registered = await registerAda(auth);
    passwords.version = 2;
    const held = hold.next("hash");
    const login = loginAda(auth);
    await held.reached;
    const principal = await auth.verify(registered.accessToken);
    await auth.changePassword({ principal, currentPassword: ada.password, newPassword: "another correct horse" });
    held.release();
    const { accessToken } = await login;
    expect(events.map(({ type }) => type)).not.toContain("password_hash_upgraded");
    expect(await reasonOf(loginAda(auth))).toBe("invalid_credentials");
    expect(await reasonOf(auth.login({ identifier: "ada", password: "another correct horse", ...fromTerminal }))).toBe(
      "ok",
    );
    expect(await reasonOf(auth.verify(accessToken))).toBe("session_revoked");
  });

  it("and logs in all the same when there is no time for it", async () => {
    const { auth, store, passwords } = createTestAuth();
    await registerAda(auth);
    passwords.version = 2;
    const { AuthError: Rejection } = await import("../domain/errors.ts");
    const busy = createTestAuth({
      store,
      passwords: {
        ...passwords,
        version: 2,
        hash: async () => {
          throw new Rejection("temporarily_unavailable");
        },
      },
    });
    expect(await reasonOf(loginAda(busy.auth))).toBe("ok");
  });
});
