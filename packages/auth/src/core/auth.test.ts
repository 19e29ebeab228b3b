import { describe, expect, it } from "vitest";
import { seededRandomBytes } from "../testing/fixtures.ts";
import {
  ada,
  createTestAuth,
  fromBrowser,
  fromTerminal,
  loginAda,
  reasonOf,
  registerAda,
} from "../testing/test-auth.ts";
import { newId } from "./domain/ids.ts";
import type { IssuedTokens } from "./domain/model.ts";

const wrongPassword = "not the password at all";
const newPassword = "another correct horse";
const typedByStranger = "somebody-who-is-not-here";

/** Everything that can happen, once; and all the texts and octets in it that nobody may ever read in a log. */
async function runEveryFlow() {
  const test = createTestAuth({ retryWindowSeconds: 30 });
  const { auth, clock, passwords, store, events } = test;
  const secrets: string[] = [
    ada.password,
    wrongPassword,
    newPassword,
    typedByStranger,
    ada.email,
    "stranger@example.com",
    ada.name,
  ];
  const keepStepUp = (token: string) => {
    const secret = Buffer.from(token.slice(4), "base64url");
    secrets.push(token, secret.toString("hex"), secret.toString("base64"));
  };
  const keep = <T extends Pick<IssuedTokens, "accessToken" | "refreshToken" | "stepUp">>(issued: T): T => {
    if (issued.stepUp) keepStepUp(issued.stepUp.token);
    secrets.push(issued.accessToken, issued.refreshToken, ...issued.accessToken.split("."));
    const octets = Buffer.from(issued.refreshToken.slice(4), "base64url");
    for (const part of [octets.subarray(20, 36), octets.subarray(36)])
      secrets.push(part.toString("hex"), part.toString("base64"));
    return issued;
  };

  const first = keep(await registerAda(auth));
  await reasonOf(auth.login({ identifier: "ada", password: wrongPassword, ...fromTerminal }));
  await reasonOf(auth.login({ identifier: typedByStranger, password: wrongPassword, ...fromTerminal }));
  await reasonOf(auth.login({ identifier: "stranger@example.com", password: wrongPassword, ...fromTerminal }));
  passwords.version = 2;
  const second = keep(await loginAda(auth));
  await reasonOf(auth.refresh({ refreshToken: "rt1.nonsense", delivery: "body" }));
  await reasonOf(auth.refresh({ refreshToken: first.refreshToken, delivery: "cookie" }));
  const next = keep(await auth.refresh({ refreshToken: first.refreshToken, delivery: "body" }));
  keep(await auth.refresh({ refreshToken: first.refreshToken, delivery: "body" }));
  clock.advance(31_000);
  const reissued = keep(await auth.refresh({ refreshToken: first.refreshToken, delivery: "body" }));
  await reasonOf(auth.refresh({ refreshToken: next.refreshToken, delivery: "body" }));
  await reasonOf(auth.refresh({ refreshToken: reissued.refreshToken, delivery: "body" }));
  const principal = await auth.verify(second.accessToken);
  await reasonOf(auth.changePassword({ principal, currentPassword: wrongPassword, newPassword }));
  keepStepUp((await auth.confirmPassword({ principal, password: ada.password })).token);
  keepStepUp((await auth.changePassword({ principal, currentPassword: ada.password, newPassword })).stepUp.token);
  await auth.logout({ refreshToken: second.refreshToken, accessToken: second.accessToken });
  await auth.admin.disable({ actor: null, userId: first.user.id });
  await reasonOf(auth.login({ identifier: "ada", password: newPassword, ...fromTerminal }));
  const spoilt = await registerAda(auth, fromBrowser).catch(() => undefined);
  expect(spoilt).toBeUndefined();
  const from = (await store.findCredentialsById(first.user.id))?.passwordHash;
  if (!from) throw new Error("Ada is gone");
  secrets.push(from);
  await store.upgradePasswordHash({ userId: first.user.id, from, to: "$2b$31$unusable" });
  await reasonOf(auth.login({ identifier: "ada", password: newPassword, ...fromTerminal }));
  secrets.push("$2b$31$unusable");
  const { entries: auditLog } = await auth.listAuditEntries(first.user.id, { limit: 100 });
  return { ...test, events, auditLog, secrets };
}

describe("createAuth() tells its listener", () => {
  it("of everything that happens, and never a password, token, hash, name or email", async () => {
    const { events, auditLog, secrets } = await runEveryFlow();
    expect(secrets.filter((secret) => secret.startsWith("su1.")).length).toBeGreaterThan(3);
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set([
        "user_registered",
        "login_succeeded",
        "login_failed",
        "session_refreshed",
        "refresh_refused",
        "refresh_token_reused",
        "logged_out",
        "password_changed",
        "password_confirmed",
        "password_change_failed",
        "password_hash_upgraded",
        "password_hash_unusable",
        "user_disabled",
      ]),
    );
    expect(auditLog.length).toBeGreaterThan(10);
    const text = JSON.stringify([events, auditLog]);
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it("and goes on when the listener throws", async () => {
    const { auth } = createTestAuth({
      onEvent: () => {
        throw new Error("The disk of logs is full");
      },
    });
    const { refreshToken } = await registerAda(auth);
    expect(await reasonOf(auth.refresh({ refreshToken, delivery: "body" }))).toBe("ok");
  });
});

describe("createAuth()", () => {
  it("keeps nothing at rest that opens a door: neither tokens nor the secrets in them (S4)", async () => {
    const { auth, store } = createTestAuth();
    const issued = await registerAda(auth);
    const { refreshToken } = await auth.refresh({ refreshToken: issued.refreshToken, delivery: "body" });
    const row = await store.findStoredSession(issued.session.id);
    const credentials = await store.findCredentialsById(issued.user.id);
    const octets = (row ? Object.values(row.session) : []).filter((value) => value instanceof Uint8Array);
    const stored = `${JSON.stringify([row, credentials])} ${octets.map((value) => Buffer.from(value).toString("hex")).join(" ")}`;
    for (const token of [issued.refreshToken, refreshToken]) {
      const payload = Buffer.from(token.slice(4), "base64url");
      expect(stored).not.toContain(token);
      for (const secret of [payload.subarray(20, 36), payload.subarray(36)])
        expect(stored).not.toContain(secret.toString("hex"));
    }
    const stepUp = issued.stepUp?.token ?? "";
    expect(stepUp).toMatch(/^su1\./);
    expect(stored).not.toContain(stepUp);
    expect(stored).not.toContain(Buffer.from(stepUp.slice(4), "base64url").toString("hex"));
    expect(stored).not.toContain(issued.accessToken);
    expect(stored).not.toContain(ada.password);
    expect(octets).toHaveLength(5);
  });

  it("two of them over one store are one: nothing in memory decides (two processes, one database)", async () => {
    const one = createTestAuth();
    const other = createTestAuth({ store: one.store, clock: one.clock, seed: "another process" });
    const { refreshToken } = await registerAda(one.auth);
    const next = await other.auth.refresh({ refreshToken, delivery: "body" });
    expect((await one.auth.verify(next.accessToken)).session.generation).toBe(1);
    const again = await one.auth.refresh({ refreshToken, delivery: "body" });
    expect(again.refreshToken).toBe(next.refreshToken);
  });

  it("gives sessions and users ids that nobody has yet, ordered by time", () => {
    const random = seededRandomBytes("ids");
    const ids = [1, 1, 2, 3].map((now) => newId(now, random));
    expect(new Set(ids).size).toBe(4);
    expect([ids[1], ids[2], ids[3]]).toEqual([ids[1], ids[2], ids[3]].sort());
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe("admin.disable()", () => {
  it("ends every session at once: the access token, the refresh token and the next login (R13)", async () => {
    const { auth, events } = createTestAuth();
    const one = await registerAda(auth);
    const two = await loginAda(auth, fromBrowser);
    await auth.admin.disable({ actor: null, userId: one.user.id });
    expect(await reasonOf(auth.verify(one.accessToken))).toBe("account_disabled");
    expect(await reasonOf(auth.verify(two.accessToken))).toBe("account_disabled");
    expect(await reasonOf(auth.refresh({ refreshToken: one.refreshToken, delivery: "body" }))).toBe("account_disabled");
    expect(await reasonOf(auth.refresh({ refreshToken: two.refreshToken, delivery: "cookie" }))).toBe(
      "account_disabled",
    );
    expect(await reasonOf(loginAda(auth))).toBe("account_disabled");
    expect(events.filter(({ type }) => type === "user_disabled")).toHaveLength(1);
  });

  it("tells only who knows the password that the account is disabled", async () => {
    const { auth } = createTestAuth();
    const { user } = await registerAda(auth);
    await auth.admin.disable({ actor: null, userId: user.id });
    const stranger = auth.login({ identifier: "ada", password: wrongPassword, ...fromTerminal });
    expect(await reasonOf(stranger)).toBe("invalid_credentials");
  });

  it("finds nobody there, nor anybody who is disabled already", async () => {
    const { auth, events } = createTestAuth();
    const { user } = await registerAda(auth);
    await auth.admin.disable({ actor: null, userId: user.id });
    const before = events.length;
    for (const userId of [user.id, newId(1, seededRandomBytes("nobody"))]) {
      expect(await reasonOf(auth.admin.disable({ actor: null, userId }))).toBe("not_found");
    }
    expect(events).toHaveLength(before);
  });
});
