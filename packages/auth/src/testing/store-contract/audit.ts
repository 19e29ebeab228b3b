import { describe, expect, it } from "vitest";
import type { AuditEntry, AuditQuery } from "../../core/ports/audit-store.ts";
import { testStart } from "../fake-clock.ts";
import { aSession, someBytes } from "../fixtures.ts";
import { type CurrentStore, inParallel, storedAccount, storedSession } from "./harness.ts";

/** What happened, in the order in which it did. */
export function describeAudit(current: CurrentStore): void {
  describeEntries(current);
  describeSessionEntries(current);
  describeCaps(current);
}

function anEntry(entry: Partial<AuditEntry> & Pick<AuditEntry, "userId">): AuditEntry {
  return {
    at: testStart,
    event: "authn_login_fail",
    outcome: "failure",
    sessionId: null,
    actorId: null,
    detail: "wrong_password",
    userAgent: "curl/8.5.0",
    ipAddress: "192.0.2.7",
    ...entry,
  };
}

/** Everything that is kept of a user, the newest first. */
const allOf = (current: CurrentStore, userId: string) => current().listAuditEntries({ userId, limit: 1_000 });

function describeEntries(current: CurrentStore): void {
  describeDevices(current);
  describeEntryRecords(current);
  describeEntryPages(current);
}

function describeDevices(current: CurrentStore): void {
  it("listDevices() returns once what each other session said of itself, ended ones too, and of no other user", async () => {
    const { user, session } = await storedAccount(current(), { session: { userAgent: "one" } });
    await storedAccount(current(), { session: { userAgent: "somebody else's" } });
    await storedSession(current(), { userId: user.id, userAgent: "one" });
    await storedSession(current(), { userId: user.id, userAgent: null });
    const { id } = await storedSession(current(), { userId: user.id, userAgent: "two" });
    await current().revokeSession({ sessionId: session.id, reason: "logout", now: testStart });
    await current().appendAuditEntry(anEntry({ userId: user.id, userAgent: "no session's" }));
    const devices = await current().listDevices({ userId: user.id, exceptSessionId: id });
    expect(new Set(devices)).toEqual(new Set(["one", null]));
    expect(devices).toHaveLength(2);
  });
}

function describeEntryRecords(current: CurrentStore): void {
  describe("appendAuditEntry() and listAuditEntries()", () => {
    it("keep an entry as it was given, and lists the newest first", async () => {
      const { user, session } = await storedAccount(current());
      const first = anEntry({ userId: user.id });
      const second = anEntry({
        userId: user.id,
        at: testStart - 1, // a clock that went back: the order is that of writing
        event: "session_renewed",
        outcome: "success",
        sessionId: session.id,
        actorId: session.userId,
        detail: null,
        userAgent: null,
        ipAddress: null,
      });
      await current().appendAuditEntry(first);
      await current().appendAuditEntry(second);
      const [newest, older, oldest] = await allOf(current, user.id);
      expect(newest).toMatchObject(second);
      expect(older).toMatchObject(first);
      expect(oldest).toMatchObject({ event: "session_created" });
    });

    it("list one user's alone, and of one session alone when asked", async () => {
      const { user, session } = await storedAccount(current());
      const other = await storedSession(current(), { userId: user.id });
      const stranger = await storedAccount(current());
      const own = await allOf(current, user.id);
      expect(own.map(({ sessionId }) => sessionId)).toEqual([other.id, session.id]);
      const ask = { userId: user.id, limit: 9 };
      const ofOther = await current().listAuditEntries({ ...ask, sessionId: other.id });
      expect(ofOther.map(({ sessionId }) => sessionId)).toEqual([other.id]);
      expect(await current().listAuditEntries({ ...ask, sessionId: stranger.session.id })).toEqual([]);
    });

    it("list those of some events alone when asked, of all sessions or one, page by page", async () => {
      const { user, session } = await storedAccount(current());
      for (let at = 1; at <= 4; at += 1) {
        await current().appendAuditEntry(anEntry({ userId: user.id, at, event: "user_updated", detail: "name" }));
        const sessionId = at % 2 === 0 ? session.id : null;
        await current().appendAuditEntry(
          anEntry({ userId: user.id, at: 10 + at, event: "authn_login_fail", sessionId }),
        );
      }
      const list = async (more: Partial<AuditQuery>) =>
        (await current().listAuditEntries({ userId: user.id, limit: 9, ...more })).map(({ at }) => at);
      expect(await list({ events: ["authn_login_fail"] })).toEqual([14, 13, 12, 11]);
      expect(await list({ events: ["user_updated", "authn_login_fail"], limit: 3 })).toEqual([14, 4, 13]);
      expect(await list({ events: ["authn_login_fail"], sessionId: session.id })).toEqual([14, 12]);
      expect(await list({ events: ["user_deleted"] })).toEqual([]);
      expect(await list({ events: [] })).toEqual([]);
      const [, second] = await current().listAuditEntries({ userId: user.id, events: ["authn_login_fail"], limit: 2 });
      expect(await list({ events: ["authn_login_fail"], beforeSeq: second?.seq })).toEqual([12, 11]);
    });
  });
}

function describeEntryPages(current: CurrentStore): void {
  describe("appendAuditEntry() and listAuditEntries()", () => {
    it("lead from page to page, with none lost and none doubled, also while more is written", async () => {
      const { user } = await storedAccount(current());
      for (let at = 1; at <= 7; at += 1) await current().appendAuditEntry(anEntry({ userId: user.id, at }));
      const pages: number[][] = [];
      let beforeSeq: number | undefined;
      do {
        const page = await current().listAuditEntries({ userId: user.id, beforeSeq, limit: 3 });
        pages.push(page.map(({ at }) => at));
        beforeSeq = page.at(-1)?.seq;
        await current().appendAuditEntry(anEntry({ userId: user.id, at: 99 }));
      } while (beforeSeq !== undefined && pages.length < 9);
      expect(pages).toEqual([[7, 6, 5], [4, 3, 2], [1, testStart], []]);
    });

    it("give nothing that could be changed from outside", async () => {
      const { user } = await storedAccount(current());
      const entry = anEntry({ userId: user.id });
      await current().appendAuditEntry(entry);
      entry.detail = "logout";
      const [record] = await allOf(current, user.id);
      if (record) record.detail = "disabled";
      expect((await allOf(current, user.id))[0]?.detail).toBe("wrong_password");
    });
  });
}

function describeSessionEntries(current: CurrentStore): void {
  describeSessionBeginnings(current);
  describeSessionEnds(current);
}

function sessionEntryHelpers(current: CurrentStore) {
  const endsOf = async (userId: string) =>
    (await allOf(current, userId)).filter(({ event }) => event === "session_expired");
  return { endsOf };
}

function describeSessionBeginnings(current: CurrentStore): void {
  const { endsOf } = sessionEntryHelpers(current);

  describe("the store writes the audit log of a session by itself", () => {
    it("when it begins, with where from", async () => {
      const { user, session } = await storedAccount(current());
      const second = await storedSession(current(), { userId: user.id, userAgent: "curl/8.5.0", createdAt: 7 });
      const [newest, first] = await allOf(current, user.id);
      expect(first).toMatchObject({ event: "session_created", at: session.createdAt, sessionId: session.id });
      expect(newest).toMatchObject({ outcome: "success", at: 7, sessionId: second.id, userAgent: "curl/8.5.0" });
      expect(newest?.ipAddress).toBe(second.ipAddress);
    });

    it("and not when it could not begin", async () => {
      const { user } = await storedAccount(current());
      await current().createSession(aSession({ userId: user.id, credentialVersion: 9 }));
      expect(await allOf(current, user.id)).toHaveLength(1);
    });

    it("when it ends, with why, once, and with the device that it began on", async () => {
      const { user, session } = await storedAccount(current());
      const end = { sessionId: session.id, reason: "refresh_token_reused" } as const;
      await inParallel(4, (index) => current().revokeSession({ ...end, now: testStart + index }));
      expect(await endsOf(user.id)).toEqual([
        expect.objectContaining({
          sessionId: session.id,
          detail: "refresh_token_reused",
          sessionUserAgent: session.userAgent,
          userAgent: null,
        }),
      ]);
    });
  });
}

function describeSessionEnds(current: CurrentStore): void {
  const { endsOf } = sessionEntryHelpers(current);

  describe("the store writes the audit log of a session by itself", () => {
    it.each(["changePassword", "disableUser", "revokeSessionsOf"] as const)(
      "once for each that %s() takes along, at the time of the cause",
      async (method) => {
        const { user, session } = await storedAccount(current());
        const others = [
          await storedSession(current(), { userId: user.id }),
          await storedSession(current(), { userId: user.id }),
        ];
        const stranger = await storedAccount(current());
        const [now, userId] = [testStart + 5, user.id];
        const change = {
          from: user.passwordHash,
          to: "new",
          stepUpHash: someBytes(32),
          methods: [],
          keepSessionId: session.id,
        };
        await {
          changePassword: () => current().changePassword({ userId, now, ...change }),
          disableUser: () => current().disableUser({ userId, now }),
          revokeSessionsOf: () => current().revokeSessionsOf({ userId, now, reason: "logout" }),
        }[method]();
        const ended = method === "changePassword" ? others : [session, ...others];
        const entries = await endsOf(userId);
        expect(entries.map(({ sessionId }) => sessionId).sort()).toEqual(ended.map(({ id }) => id).sort());
        expect(new Set(entries.map(({ at }) => at))).toEqual(new Set([now]));
        expect(await endsOf(stranger.user.id)).toEqual([]);
      },
    );

    it("and never of a refresh", async () => {
      const { user, session } = await storedAccount(current());
      const change = { sessionId: session.id, expectedGeneration: 0, idleSince: 0, now: testStart + 1 };
      const { nextHash, salt } = session;
      expect(await current().reissueSession({ ...change, expectedNextHash: nextHash, nextHash, salt })).toBe(true);
      expect(await current().rotateSession({ ...change, expectedNextHash: nextHash, nextHash, salt })).toBe(true);
      expect(await allOf(current, user.id)).toHaveLength(1);
    });
  });
}

function describeCaps(current: CurrentStore): void {
  describe("the audit log stays small", () => {
    it("with the newest 50 of each kind in a session, and all of another", async () => {
      const { user, session } = await storedAccount(current());
      const other = await storedSession(current(), { userId: user.id });
      const mine = { userId: user.id, sessionId: session.id };
      for (let at = 1; at <= 60; at += 1) await current().appendAuditEntry(anEntry({ ...mine, at }));
      const kept = await current().listAuditEntries({ ...mine, limit: 1_000 });
      const failures = kept.filter(({ event }) => event === "authn_login_fail");
      expect(failures.map(({ at }) => at)).toEqual(Array.from({ length: 50 }, (_, index) => 60 - index));
      expect(kept).toHaveLength(51);
      expect(kept.at(-1)).toMatchObject({ event: "session_created" });
      expect(await current().listAuditEntries({ ...mine, sessionId: other.id, limit: 9 })).toHaveLength(1);
    });

    it("with the newest 200 of each kind of a user that belong to no session, and all of another user", async () => {
      const { user } = await storedAccount(current());
      const stranger = await storedAccount(current());
      await current().appendAuditEntry(anEntry({ userId: stranger.user.id }));
      for (let at = 1; at <= 205; at += 1) await current().appendAuditEntry(anEntry({ userId: user.id, at }));
      const kept = (await allOf(current, user.id)).filter(({ sessionId }) => sessionId === null);
      expect(kept.map(({ at }) => at)).toEqual(Array.from({ length: 200 }, (_, index) => 205 - index));
      expect(await allOf(current, stranger.user.id)).toHaveLength(2);
    });

    it.each(pushing)("and 201 %s push nothing else out", async (_, flood) => {
      const { user } = await storedAccount(current());
      for (const entry of whatMatters) await current().appendAuditEntry(anEntry({ userId: user.id, ...entry }));
      for (let time = 0; time < 201; time += 1) {
        await current().appendAuditEntry(anEntry({ userId: user.id, ...flood }));
      }
      const kept = (await current().listAuditEntries({ userId: user.id, limit: 1_000 })).reverse();
      expect(kept[0]).toMatchObject({ event: "session_created" });
      expect(kept.slice(1, 1 + whatMatters.length)).toMatchObject(whatMatters);
    });
  });
}

/** What an attacker can cause who knows a name or an address, and so as often as they like. */
const pushing: Array<[string, Partial<AuditEntry>]> = [
  ["wrong passwords", { event: "authn_login_fail", detail: "wrong_password" }],
  ["rejected tries", { event: "authn_login_fail_max", detail: null }],
  ["links that were asked for", { event: "authn_token_created", detail: "reset_password" }],
];

const whatMatters = [
  { event: "authn_password_change", outcome: "success", detail: "reset" },
  { event: "authn_token_created", outcome: "success", detail: "change_email" },
  { event: "user_updated", outcome: "success", detail: "email" },
  { event: "authn_login_fail", outcome: "failure", detail: "disabled" },
  { event: "authz_change", outcome: "success", detail: "admin" },
] satisfies Array<Partial<AuditEntry>>;
