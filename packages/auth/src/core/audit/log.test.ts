import { describe, expect, it } from "vitest";
import { createTestSession } from "../../../test/test-session.ts";
import { createMemoryStore } from "../../testing/memory-store/store.ts";
import {
  ada,
  createTestAuth,
  fromBrowser,
  fromTerminal,
  loginAda,
  reasonOf,
  registerAda,
} from "../../testing/test-auth.ts";
import { AuthError } from "../domain/errors.ts";
import type { AuthEvent } from "../domain/events.ts";
import type { AuditEntry } from "../ports/audit-store.ts";
import { toAuditEntry } from "./entry.ts";

const actorId = "0198c0de-0000-7000-8000-00000000000a";
const [userId, sessionId] = ["the user", "the session"];
const client = { userAgent: "curl/8.5.0", ipAddress: "192.0.2.7" };

describe("toAuditEntry()", () => {
  it.each<[AuthEvent, Partial<AuditEntry>]>([
    [
      { type: "user_registered", userId, sessionId },
      { event: "user_created", sessionId },
    ],
    [
      { type: "login_succeeded", userId, sessionId },
      { event: "authn_login_success", sessionId },
    ],
    [
      { type: "login_failed", userId, why: "wrong_password" },
      { event: "authn_login_fail", outcome: "failure", detail: "wrong_password" },
    ],
    [
      { type: "session_refreshed", userId, sessionId, how: "rearmed" },
      { event: "session_renewed", sessionId, detail: "rearmed" },
    ],
    [
      { type: "refresh_token_reused", userId, sessionId },
      { event: "authn_token_reuse", outcome: "failure", sessionId },
    ],
    [
      { type: "password_changed", userId, sessionId },
      { event: "authn_password_change", sessionId },
    ],
    [
      { type: "password_change_failed", userId, sessionId },
      { event: "authn_password_change_fail", outcome: "failure", sessionId, detail: "wrong_password" },
    ],
    [
      { type: "password_confirmed", userId, sessionId },
      { event: "authn_reauth_success", sessionId },
    ],
    [
      { type: "password_confirm_failed", userId, sessionId },
      { event: "authn_reauth_fail", outcome: "failure", sessionId, detail: "wrong_password" },
    ],
    [
      { type: "name_changed", userId, sessionId },
      { event: "user_updated", sessionId, detail: "name" },
    ],
    [
      { type: "refresh_refused", userId, sessionId, why: "session_expired" },
      { event: "session_use_after_expire", outcome: "failure", sessionId },
    ],
    [
      { type: "user_disabled", userId, actorId: null },
      { event: "user_updated", detail: "disabled" },
    ],
    [
      { type: "user_enabled", userId, actorId },
      { event: "user_updated", actorId, detail: "enabled" },
    ],
    [
      { type: "role_changed", userId, actorId, role: "admin" },
      { event: "authz_change", actorId, detail: "admin" },
    ],
    [
      { type: "sessions_ended_by_admin", userId, actorId, sessions: 2 },
      { event: "authz_admin", actorId, detail: "ended_by_admin" },
    ],
  ])("tells of $type", (event, fields) => {
    const usual = { outcome: "success", sessionId: null, actorId: null, detail: null };
    expect(toAuditEntry(event, 7, client)).toEqual({ at: 7, userId, ...usual, ...client, ...fields });
  });

  it.each<AuthEvent>([
    { type: "login_failed", userId: null, why: "unknown_user" },
    { type: "session_refreshed", userId, sessionId, how: "rotated" },
    { type: "session_refreshed", userId, sessionId, how: "repeated" },
    { type: "refresh_refused", userId: null, sessionId: null, why: "unknown_session" },
    { type: "refresh_refused", userId, sessionId, why: "session_revoked" },
    { type: "refresh_refused", userId, sessionId, why: "wrong_family" },
    { type: "logged_out", userId, sessionId },
    { type: "logged_out_everywhere", userId, sessions: 2 },
    { type: "password_hash_upgraded", userId },
    { type: "password_hash_unusable", userId },
    { type: "timeline_entry_lost", userId, event: "user_created" },
  ])("leaves out $type ($how$why)", (event) => {
    expect(toAuditEntry(event, 7, client)).toBeUndefined();
  });

  it("takes a user agent of any length, and no half of a character", () => {
    const userAgent = `${"a".repeat(511)}\u{1f511}`;
    const entry = toAuditEntry({ type: "user_disabled", userId, actorId: null }, 7, { userAgent, ipAddress: null });
    expect(entry?.userAgent).toBe(`${"a".repeat(511)}\ufffd`);
  });
});

/** The names of what happened to a user, the oldest first. */
const namesOf = async ({ auth }: Pick<ReturnType<typeof createTestAuth>, "auth">, of: string) =>
  (await auth.listAuditEntries(of, { limit: 100 })).entries.map(({ event }) => event).reverse();

describe("the audit log", () => {
  it("answers why somebody was logged out, and where the thief came from", async () => {
    const { auth, first, refresh } = await createTestSession();
    const second = await refresh(first.refreshToken);
    await refresh(second.refreshToken);
    const thief = { userAgent: "a thief", ipAddress: "198.51.100.9" };
    const stolen = { refreshToken: first.refreshToken, delivery: "body", client: thief } as const;
    expect(await reasonOf(auth.refresh(stolen))).toBe("refresh_token_reused");
    const { entries } = await auth.listAuditEntries(first.user.id);
    expect(entries[0]).toMatchObject({ event: "authn_token_reuse", outcome: "failure", ...thief });
    expect(entries[1]).toMatchObject({ event: "session_expired", detail: "refresh_token_reused" });
    expect(entries[1]?.sessionUserAgent).toBe(fromTerminal.userAgent);
  });

  it("answers it also when the session expired by itself", async () => {
    const { auth, first, refresh, clock } = await createTestSession({ refreshIdleSeconds: 3_600 });
    clock.advance(3_600_000);
    expect(await reasonOf(refresh(first.refreshToken))).toBe("session_expired");
    const [newest] = (await auth.listAuditEntries(first.user.id)).entries;
    expect(newest).toMatchObject({ event: "session_use_after_expire", sessionId: first.session.id });
  });

  it("keeps wrong passwords of a known user with where they came from, and those of nobody not at all", async () => {
    const test = createTestAuth();
    const { user } = await registerAda(test.auth);
    const wrong = { password: "not the password at all", ...fromBrowser };
    await reasonOf(test.auth.login({ identifier: ada.username, ...wrong }));
    await reasonOf(test.auth.login({ identifier: "nobody-has-that-name", ...wrong }));
    const { entries } = await test.auth.listAuditEntries(user.id);
    const { userAgent, ipAddress } = fromBrowser;
    expect(entries[0]).toMatchObject({ event: "authn_login_fail", detail: "wrong_password", userAgent, ipAddress });
    expect(await namesOf(test, user.id)).toEqual(["session_created", "user_created", "authn_login_fail"]);
  });

  it("tells of a wrong current password, and of a change with the sessions that it ended", async () => {
    const test = await createTestSession();
    const { user, session } = await loginAda(test.auth);
    const change = {
      principal: { user, session },
      currentPassword: ada.password,
      newPassword: "another correct horse",
    };
    await reasonOf(test.auth.changePassword({ ...change, currentPassword: "not the password at all" }));
    await test.auth.changePassword(change);
    const names = await namesOf(test, user.id);
    expect(names.slice(-3)).toEqual(["authn_password_change_fail", "session_expired", "authn_password_change"]);
  });

  it("is as long after a thousand refreshes as before, and tells of the one that was lost", async () => {
    const { first, refresh, clock, ...test } = await createTestSession();
    let { refreshToken } = first;
    for (let count = 0; count < 1_000; count += 1) {
      clock.advance(60_000);
      ({ refreshToken } = await refresh(refreshToken));
    }
    expect(await namesOf(test, first.user.id)).toEqual(["session_created", "user_created"]);
    await refresh(refreshToken);
    clock.advance(60_000);
    await refresh(refreshToken);
    expect((await namesOf(test, first.user.id)).at(-1)).toBe("session_renewed");
  });

  it.each<[string, () => Promise<void>]>([
    ["refuses", () => Promise.reject(new AuthError("temporarily_unavailable"))],
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["never answers", () => new Promise(() => {})],
  ])("that %s decides about no login, and is waited for by nobody", async (_, appendAuditEntry) => {
    const store = { ...createMemoryStore(), appendAuditEntry };
    const { auth, events } = createTestAuth({ store });
    expect(await reasonOf(registerAda(auth))).toBe("ok");
    expect(await reasonOf(loginAda(auth))).toBe("ok");
    expect(await reasonOf(auth.login({ identifier: "ada", ...fromBrowser, password: "wrong wrong" }))).toBe(
      "invalid_credentials",
    );
    await new Promise((resolve) => setImmediate(resolve));
    const lost = events.flatMap((event) => (event.type === "timeline_entry_lost" ? [event.event] : []));
    const types = ["user_created", "authn_login_success", "authn_login_fail"];
    expect(lost).toEqual(_ === "never answers" ? [] : types);
  });

  it("tells of things in the order in which they happened, also when an entry had to wait for the store", async () => {
    const whole = createMemoryStore();
    const waiting: AuditEntry[] = [];
    // As with a lock that another process holds: the entry is written when something else has happened since.
    const appendAuditEntry = async (entry: AuditEntry) => {
      if (entry.event === "authn_login_fail") waiting.push(entry);
      else await whole.appendAuditEntry(entry);
    };
    const { auth, clock } = createTestAuth({ store: { ...whole, appendAuditEntry } });
    const { user, refreshToken } = await registerAda(auth);
    clock.advance(1_000);
    await reasonOf(auth.login({ identifier: ada.username, ...fromBrowser, password: "not the password at all" }));
    clock.advance(1_000);
    await auth.logout({ refreshToken, accessToken: undefined });
    for (const entry of waiting) await whole.appendAuditEntry(entry);
    const page = await auth.listAuditEntries(user.id, { limit: 2 });
    expect(page.entries.map(({ event }) => event)).toEqual(["session_expired", "authn_login_fail"]);
    const older = await auth.listAuditEntries(user.id, { before: page.next ?? undefined });
    expect(older.entries.map(({ event }) => event)).toEqual(["user_created", "session_created"]);
  });

  it("is read a page at a time, and says where the next one begins", async () => {
    const { auth, first } = await createTestSession();
    const sessions = [first.session.id];
    for (let count = 0; count < 3; count += 1) sessions.unshift((await loginAda(auth)).session.id);
    const seen: string[] = [];
    let before: number | undefined;
    do {
      const page = await auth.listAuditEntries(first.user.id, { limit: 3, before });
      expect(page.entries.length).toBeLessThanOrEqual(3);
      seen.push(...page.entries.flatMap(({ event, sessionId: id }) => (event === "session_created" && id ? [id] : [])));
      before = page.next ?? undefined;
    } while (before !== undefined);
    expect(seen).toEqual(sessions);
    const one = await auth.listAuditEntries(first.user.id, { sessionId: sessions[1] });
    expect(new Set(one.entries.map((entry) => entry.sessionId))).toEqual(new Set([sessions[1]]));
  });
});

it("what a rejected login leaves is written when the answer is out, so that its time tells nothing of a user (P07)", async () => {
  const deferred: Array<() => void> = [];
  const test = createTestAuth({ defer: (work) => void deferred.push(work) });
  const { user } = await registerAda(test.auth);
  const before = (await test.auth.listAuditEntries(user.id)).entries.length;
  for (const identifier of ["ada", "nobody"]) {
    await reasonOf(test.auth.login({ identifier, password: "not the password", ...fromTerminal }));
  }
  expect((await test.auth.listAuditEntries(user.id)).entries).toHaveLength(before);
  for (const work of deferred) work();
  expect((await test.auth.listAuditEntries(user.id)).entries.map(({ event }) => event)).toContain("authn_login_fail");
});
