import { describe, expect, it } from "vitest";
import type { StoredSession } from "../../core/domain/model.ts";
import type { CleanupResult, SessionCleanupStep } from "../../core/ports/cleanup-store.ts";
import { testStart } from "../fake-clock.ts";
import { allowedChange, type CurrentStore, storedAccount, storedSession } from "./harness.ts";

const hour = 3_600_000;
const limits = { endedBefore: testStart, idleSince: testStart - 10 * hour };
/** Of a session that nothing is the matter with. */
const living = { rotatedAt: testStart, expiresAt: testStart + hour };

/** Clearing away, a window at a time. */
export function describeCleanup(current: CurrentStore): void {
  describeSessionCleanup(current);
  describeAuditCleanup(current);
}

/** Every step that there is, from the smallest key to the greatest. */
async function cleanUp<Key>(step: (after: Key | null) => Promise<CleanupResult<Key>>): Promise<number[]> {
  const removed: number[] = [];
  let after: Key | null = null;
  do {
    const cleaned: CleanupResult<Key> = await step(after);
    removed.push(cleaned.removed);
    after = cleaned.next;
  } while (after !== null && removed.length < 100);
  return removed;
}

function describeSessionCleanup(current: CurrentStore): void {
  describeRemovedSessions(current);
  describeKeptSessions(current);
}

function sessionCleanupHelpers(current: CurrentStore) {
  const cleanSessions = (change: Partial<SessionCleanupStep> = {}) =>
    cleanUp<string>((after) => current().removeEndedSessions({ window: 100, ...limits, ...change, after }));
  const isThere = async (id: string) => (await current().findStoredSession(id)) !== undefined;
  return { cleanSessions, isThere };
}

function describeRemovedSessions(current: CurrentStore): void {
  const { cleanSessions, isThere } = sessionCleanupHelpers(current);

  describe("removeEndedSessions()", () => {
    it.each<[string, Partial<StoredSession>, boolean]>([
      ["one that was ended before", { revokedAt: testStart - 1, revokedReason: "logout" }, false],
      ["one that was ended at that very instant", { revokedAt: testStart, revokedReason: "logout" }, false],
      ["one that was ended after it", { revokedAt: testStart + 1, revokedReason: "logout" }, true],
      ["one that ran out at that instant", { expiresAt: testStart }, false],
      ["one that runs out after it", { expiresAt: testStart + 1 }, true],
      ["one that nobody refreshed since", { rotatedAt: testStart - 10 * hour }, false],
      ["one that was refreshed a moment later", { rotatedAt: testStart - 10 * hour + 1 }, true],
    ])("%s", async (_, session, stays) => {
      const { session: stored } = await storedAccount(current(), { session: { ...living, ...session } });
      expect(await cleanSessions()).toEqual([stays ? 0 : 1]);
      expect(await isThere(stored.id)).toBe(stays);
    });

    it("goes through all of them, so many at a time, and leaves what lives", async () => {
      const { user } = await storedAccount(current(), { session: living });
      const ids: string[] = [];
      for (let index = 0; index < 9; index += 1) {
        const ended = index % 3 === 0 ? { ...living, expiresAt: testStart } : living;
        ids.push((await storedSession(current(), { userId: user.id, ...ended })).id);
      }
      const removed = await cleanSessions({ window: 4 });
      expect(removed).toHaveLength(3); // 10 sessions, 4 at a time
      expect(removed.reduce((sum, one) => sum + one)).toBe(3);
      const there = await Promise.all(ids.map(isThere));
      expect(there).toEqual(ids.map((_, index) => index % 3 !== 0));
      expect(await cleanSessions({ window: 4 })).toEqual([0, 0]);
    });
  });
}

function describeKeptSessions(current: CurrentStore): void {
  const { cleanSessions, isThere } = sessionCleanupHelpers(current);

  describe("removeEndedSessions()", () => {
    it("lets no rotation bring back what is gone (D15)", async () => {
      const { session } = await storedAccount(current(), { session: { ...living, expiresAt: testStart } });
      await cleanSessions();
      expect(await current().rotateSession(allowedChange(session, { now: testStart - 1 }))).toBe(false);
      expect(await current().reissueSession(allowedChange(session, { now: testStart - 1 }))).toBe(false);
      expect(await isThere(session.id)).toBe(false);
    });

    it("leaves one that was refreshed in time, though it looked idle a moment ago (D15)", async () => {
      const idle = { ...living, rotatedAt: limits.idleSince };
      const { session } = await storedAccount(current(), { session: idle });
      const change = { idleSince: limits.idleSince - 1, now: testStart };
      expect(await current().rotateSession(allowedChange(session, change))).toBe(true);
      expect(await cleanSessions()).toEqual([0]);
      expect(await isThere(session.id)).toBe(true);
    });

    it("leaves the user and what happened", async () => {
      const { user, session } = await storedAccount(current(), { session: { ...living, expiresAt: testStart } });
      await cleanSessions();
      expect((await current().findCredentialsById(user.id))?.user.id).toBe(user.id);
      const entries = await current().listAuditEntries({ userId: user.id, limit: 9 });
      expect(entries).toMatchObject([{ event: "session_created", sessionId: session.id }]);
    });
  });
}

function describeAuditCleanup(current: CurrentStore): void {
  describe("removeOldAuditEntries()", () => {
    it("removes what is from before, so many at a time, and nothing else", async () => {
      const { user } = await storedAccount(current());
      const entry = {
        event: "authn_login_fail",
        outcome: "failure",
        userId: user.id,
        sessionId: null,
        actorId: null,
        detail: null,
        userAgent: null,
        ipAddress: null,
      } as const;
      for (const at of [1, 2, 3, 4, 5, 6]) await current().appendAuditEntry({ ...entry, at });
      const step = (before: number) =>
        cleanUp<number>((after) => current().removeOldAuditEntries({ after, window: 3, before }));
      expect((await step(4)).reduce((sum, one) => sum + one)).toBe(3);
      const kept = await current().listAuditEntries({ userId: user.id, limit: 99 });
      expect(kept.map(({ at }) => at)).toEqual([6, 5, 4, testStart]);
      expect(await step(4)).toEqual([0, 0]);
    });
  });
}
