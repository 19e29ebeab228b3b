import { describe, expect, it } from "vitest";
import { testStart } from "../fake-clock.ts";
import { aNewUser, aSession } from "../fixtures.ts";
import {
  allowedChange,
  type CurrentStore,
  found,
  inParallel,
  storedAccount,
  storedRecord,
  storedSession,
} from "./harness.ts";

/** Ending sessions, alone or together with what caused it. */
export function describeEndings(current: CurrentStore): void {
  describeRevocation(current);
  describeRevocationOfAll(current);
  describeOwnRevocation(current);
  describeDisabling(current);
}

function describeRevocation(current: CurrentStore): void {
  describe("revokeSession()", () => {
    it("ends that session, and no other", async () => {
      const { user, session } = await storedAccount(current());
      const other = await storedSession(current(), { userId: user.id });
      const end = { sessionId: session.id, reason: "logout", now: testStart + 9 } as const;
      expect(await current().revokeSession(end)).toBe(true);
      expect(await storedRecord(current(), session.id)).toEqual({
        ...session,
        revokedAt: testStart + 9,
        revokedReason: "logout",
      });
      expect(await storedRecord(current(), other.id)).toEqual(other);
    });

    it("answers false the second time, and the first reason and time stay", async () => {
      const { session } = await storedAccount(current());
      const first = { sessionId: session.id, reason: "refresh_token_reused", now: testStart + 1 } as const;
      expect(await current().revokeSession(first)).toBe(true);
      expect(await current().revokeSession({ ...first, reason: "logout", now: testStart + 2 })).toBe(false);
      const stored = await storedRecord(current(), session.id);
      expect(stored).toMatchObject({ revokedAt: testStart + 1, revokedReason: "refresh_token_reused" });
    });

    it("answers false for a session that does not exist", async () => {
      const sessionId = aSession({ userId: aNewUser().id }).id;
      expect(await current().revokeSession({ sessionId, reason: "logout", now: testStart })).toBe(false);
    });

    it("answers true to exactly one of 16 parallel calls", async () => {
      const { session } = await storedAccount(current());
      const outcomes = await inParallel(16, (index) =>
        current().revokeSession({ sessionId: session.id, reason: "logout", now: testStart + index }),
      );
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect((await storedRecord(current(), session.id)).revokedAt).toBe(testStart + outcomes.indexOf(true));
    });
  });
}

function describeOwnRevocation(current: CurrentStore): void {
  describe("revokeSession() and revokeSessionsOf() for one who asks", () => {
    it("with a user's id, end a session of that user, and none of anybody else", async () => {
      const { user, session } = await storedAccount(current());
      const { user: stranger } = await storedAccount(current());
      const end = { sessionId: session.id, reason: "ended_by_user", now: testStart + 1 } as const;
      expect(await current().revokeSession({ ...end, userId: stranger.id })).toBe(false);
      expect(await storedRecord(current(), session.id)).toEqual(session);
      expect(await current().revokeSession({ ...end, userId: user.id })).toBe(true);
      expect(await storedRecord(current(), session.id)).toMatchObject({ revokedReason: "ended_by_user" });
    });

    it("keep the one session that is named, and count the others", async () => {
      const { user, session: kept } = await storedAccount(current());
      const others = [
        await storedSession(current(), { userId: user.id }),
        await storedSession(current(), { userId: user.id }),
      ];
      const { session: foreign } = await storedAccount(current());
      const end = { userId: user.id, reason: "ended_by_user", now: testStart + 1, keepSessionId: kept.id } as const;
      expect(await current().revokeSessionsOf(end)).toBe(2);
      for (const { id } of others) expect((await storedRecord(current(), id)).revokedAt).toBe(testStart + 1);
      for (const one of [kept, foreign]) expect(await storedRecord(current(), one.id)).toEqual(one);
    });
  });
}

function describeRevocationOfAll(current: CurrentStore): void {
  describe("revokeSessionsOf()", () => {
    it("ends every session of that user, counts them, and leaves others' alone", async () => {
      const { user, session } = await storedAccount(current());
      const second = await storedSession(current(), { userId: user.id });
      const { session: foreign } = await storedAccount(current());
      const end = { userId: user.id, reason: "logout", now: testStart + 9 } as const;
      expect(await current().revokeSessionsOf(end)).toBe(2);
      for (const { id } of [session, second]) {
        expect(await storedRecord(current(), id)).toMatchObject({ revokedAt: testStart + 9, revokedReason: "logout" });
      }
      expect(await storedRecord(current(), foreign.id)).toEqual(foreign);
    });

    it("leaves the first reason and time of those that had ended before", async () => {
      const { user, session } = await storedAccount(current());
      await current().revokeSession({ sessionId: session.id, reason: "refresh_token_reused", now: testStart + 1 });
      expect(await current().revokeSessionsOf({ userId: user.id, reason: "logout", now: testStart + 2 })).toBe(0);
      const stored = await storedRecord(current(), session.id);
      expect(stored).toMatchObject({ revokedAt: testStart + 1, revokedReason: "refresh_token_reused" });
    });

    it("stops a rotation that was judged before it", async () => {
      const { user, session } = await storedAccount(current());
      await current().revokeSessionsOf({ userId: user.id, reason: "logout", now: testStart });
      expect(await current().rotateSession(allowedChange(session))).toBe(false);
    });
  });
}

function describeDisabling(current: CurrentStore): void {
  describe("disableUser()", () => {
    it("disables the user and ends all their sessions, and nobody else's", async () => {
      const { user, session } = await storedAccount(current());
      const second = await storedSession(current(), { userId: user.id });
      const stranger = await storedAccount(current());
      expect(await current().disableUser({ userId: user.id, now: testStart + 3 })).toBe("done");
      for (const mine of [session, second]) {
        const record = await found(current(), mine.id);
        expect(record.user.disabledAt).toBe(testStart + 3);
        expect(record.session).toEqual({ ...mine, revokedAt: testStart + 3, revokedReason: "account_disabled" });
      }
      const other = await found(current(), stranger.session.id);
      expect(other.user.disabledAt).toBeNull();
      expect(other.session).toEqual(stranger.session);
    });

    it("leaves the reason of a session that had already ended", async () => {
      const { user, session } = await storedAccount(current());
      await current().revokeSession({ sessionId: session.id, reason: "logout", now: testStart + 1 });
      await current().disableUser({ userId: user.id, now: testStart + 2 });
      const stored = await storedRecord(current(), session.id);
      expect(stored).toMatchObject({ revokedAt: testStart + 1, revokedReason: "logout" });
    });

    it("changes nothing for a user that is disabled already or does not exist, and the first time stays", async () => {
      const { user } = await storedAccount(current());
      expect(await current().disableUser({ userId: user.id, now: testStart + 1 })).toBe("done");
      expect(await current().disableUser({ userId: user.id, now: testStart + 2 })).toBe("unchanged");
      expect((await current().findCredentialsById(user.id))?.user.disabledAt).toBe(testStart + 1);
      expect(await current().disableUser({ userId: aNewUser().id, now: testStart })).toBe("unchanged");
    });

    it("leaves no living session when a login arrives at the same time", async () => {
      const { user } = await storedAccount(current());
      const logins = Array.from({ length: 4 }, () => aSession({ userId: user.id }));
      const [first, second, third, fourth] = logins.map((session) => () => current().createSession(session));
      await Promise.all([
        first?.(),
        second?.(),
        current().disableUser({ userId: user.id, now: 1 }),
        third?.(),
        fourth?.(),
      ]);
      const stored = await Promise.all(logins.map((session) => current().findStoredSession(session.id)));
      expect(stored.filter((record) => record?.session.revokedAt === null)).toEqual([]);
    });
  });
}
