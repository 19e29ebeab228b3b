import { describe, expect, it } from "vitest";
import type { SessionQuota } from "../../core/ports/session-store.ts";
import { testStart } from "../fake-clock.ts";
import { aSession } from "../fixtures.ts";
import { type CurrentStore, inParallel, storedAccount, storedRecord, storedSession } from "./harness.ts";

const quota = (atMost: number): SessionQuota => ({ atMost, now: testStart + 100, idleSince: testStart - 1 });

/** How many sessions a user may have. */
export function describeSessionQuota(current: CurrentStore): void {
  describeSessionQuotaRules(current);
}

function quotaHelpers(current: CurrentStore) {
  async function livingOf(userId: string): Promise<string[]> {
    return (await current().listSessions(userId)).map(({ session }) => session.id).sort();
  }
  return { livingOf };
}

function describeSessionQuotaRules(current: CurrentStore): void {
  const { livingOf } = quotaHelpers(current);

  describe("createSession() with a quota", () => {
    it("ends those that began first, says why, and leaves the others and other users' alone", async () => {
      const { user, session: first } = await storedAccount(current());
      const second = await storedSession(current(), { userId: user.id, createdAt: testStart + 1 });
      const third = await storedSession(current(), { userId: user.id, createdAt: testStart + 2 });
      const { session: foreign } = await storedAccount(current());
      const fourth = aSession({ userId: user.id, createdAt: testStart + 3 });
      expect(await current().createSession(fourth, quota(2))).toBe("created");
      expect(await livingOf(user.id)).toEqual([third.id, fourth.id].sort());
      for (const { id } of [first, second]) {
        const ended = { revokedAt: testStart + 100, revokedReason: "too_many_sessions" };
        expect(await storedRecord(current(), id)).toMatchObject(ended);
      }
      expect((await storedRecord(current(), foreign.id)).revokedAt).toBe(null);
    });

    it("counts only the living: what ended, ran out or idled out does not count", async () => {
      const { user, session: first } = await storedAccount(current());
      await storedSession(current(), { userId: user.id, createdAt: testStart + 1, expiresAt: testStart + 100 });
      await storedSession(current(), { userId: user.id, createdAt: testStart + 1, rotatedAt: testStart - 1 });
      const ended = await storedSession(current(), { userId: user.id, createdAt: testStart + 1 });
      await current().revokeSession({ sessionId: ended.id, reason: "logout", now: testStart + 2 });
      await current().createSession(aSession({ userId: user.id, createdAt: testStart + 3 }), quota(2));
      expect((await storedRecord(current(), first.id)).revokedAt).toBe(null);
    });

    it("never ends the new one, though a clock of the future began the others (T07)", async () => {
      const { user, session: past } = await storedAccount(current());
      const future = await storedSession(current(), { userId: user.id, createdAt: testStart + 86_400_000 });
      const added = aSession({ userId: user.id, createdAt: testStart + 1 });
      await current().createSession(added, quota(2));
      expect(await livingOf(user.id)).toEqual([future.id, added.id].sort());
      expect((await storedRecord(current(), past.id)).revokedReason).toBe("too_many_sessions");
      const last = aSession({ userId: user.id, createdAt: testStart + 2 });
      await current().createSession(last, quota(1));
      expect(await livingOf(user.id)).toEqual([last.id]);
    });

    it("leaves exactly so many after 16 logins at once", async () => {
      const { user } = await storedAccount(current());
      await inParallel(16, (index) =>
        current().createSession(aSession({ userId: user.id, createdAt: testStart + index }), quota(3)),
      );
      expect(await livingOf(user.id)).toHaveLength(3);
    });

    it("ends nothing when the session is rejected", async () => {
      const { user, session } = await storedAccount(current());
      const rejected = aSession({ userId: user.id, credentialVersion: 9 });
      expect(await current().createSession(rejected, quota(1))).toBe("credentials_changed");
      expect((await storedRecord(current(), session.id)).revokedAt).toBe(null);
    });
  });
}
