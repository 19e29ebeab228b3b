import { describe, expect, it } from "vitest";
import type { StoredSession } from "../../core/domain/model.ts";
import type { SessionRotation } from "../../core/ports/session-store.ts";
import type { AuthStore } from "../../core/ports/store.ts";
import { testStart } from "../fake-clock.ts";
import { someBytes } from "../fixtures.ts";
import {
  allowedChange,
  type CurrentStore,
  found,
  inParallel,
  storedAccount,
  storedRecord,
  storedSession,
} from "./harness.ts";

type Method = "rotateSession" | "reissueSession";

/** The one conditional write of a refresh. */
export function describeRotation(current: CurrentStore): void {
  for (const method of ["rotateSession", "reissueSession"] as const) {
    describe(`${method}()`, () => {
      describeValues(current, method);
      describeTerms(current, method);
      describeUserTerms(current, method);
      describeBoundaries(current, method);
      describeRaces(current, method);
    });
  }
}

function describeValues(current: CurrentStore, method: Method): void {
  const changed = (session: StoredSession, change: SessionRotation): StoredSession => ({
    ...session,
    nextHash: change.nextHash,
    salt: change.salt,
    rotatedAt: change.now,
    lastSeenAt: change.now,
    ...(method === "rotateSession"
      ? { lastUsedHash: session.nextHash, generation: session.generation + 1 }
      : { lastUsedHash: session.lastUsedHash, generation: session.generation }),
  });

  it.each([
    { which: "that was never refreshed", fields: {} },
    { which: "in the middle of its life", fields: { generation: 41, lastUsedHash: someBytes(32) } },
  ])("puts exactly the new values on a session $which", async ({ fields }) => {
    const { session } = await storedAccount(current(), { session: fields });
    const change = allowedChange(session);
    expect(await current()[method](change)).toBe(true);
    expect(await storedRecord(current(), session.id)).toEqual(changed(session, change));
  });

  it("can be done again and again, each time from what the last one left", async () => {
    let { session } = await storedAccount(current());
    for (let step = 1; step <= 5; step += 1) {
      const change = allowedChange(session, { now: session.rotatedAt + 1_000 });
      expect(await current()[method](change)).toBe(true);
      const stored = await storedRecord(current(), session.id);
      expect(stored).toEqual(changed(session, change));
      session = stored;
    }
  });

  it("leaves the user and every other session alone", async () => {
    const { user, session } = await storedAccount(current());
    const twin = await storedSession(current(), { userId: user.id, nextHash: session.nextHash, salt: session.salt });
    const before = await found(current(), twin.id);
    expect(await current()[method](allowedChange(session))).toBe(true);
    expect(await found(current(), twin.id)).toEqual(before);
  });
}

/** One test for each term of the condition: it holds everywhere but there, so without that term the row would change. */
/** The change is rejected, and the row is as it was. */
function nothingChanges(current: CurrentStore, method: Method) {
  return async (session: StoredSession, change: SessionRotation): Promise<void> => {
    const before = await found(current(), session.id);
    expect(await current()[method](change)).toBe(false);
    expect(await found(current(), session.id)).toEqual(before);
  };
}

function describeTerms(current: CurrentStore, method: Method): void {
  const changesNothing = nothingChanges(current, method);

  it("changes nothing when the id is another (term: id)", async () => {
    const { user, session } = await storedAccount(current());
    const stranger = allowedChange(session, { sessionId: user.id });
    await changesNothing(session, stranger);
  });

  it("changes nothing when nextHash is another (term: nextHash)", async () => {
    const { session } = await storedAccount(current(), { session: { lastUsedHash: someBytes(32) } });
    await changesNothing(session, allowedChange(session, { expectedNextHash: someBytes(32) }));
    const almost = Uint8Array.from(session.nextHash);
    almost[31] = (almost[31] ?? 0) ^ 1;
    await changesNothing(session, allowedChange(session, { expectedNextHash: almost }));
    await changesNothing(session, allowedChange(session, { expectedNextHash: session.nextHash.slice(0, 31) }));
    await changesNothing(session, allowedChange(session, { expectedNextHash: session.lastUsedHash ?? almost }));
  });

  it("changes nothing when the generation is another (term: generation)", async () => {
    const { session } = await storedAccount(current(), { session: { generation: 5 } });
    await changesNothing(session, allowedChange(session, { expectedGeneration: 4 }));
    await changesNothing(session, allowedChange(session, { expectedGeneration: 6 }));
  });

  it("changes nothing when the session was revoked (term: revokedAt)", async () => {
    const { session } = await storedAccount(current());
    await current().revokeSession({ sessionId: session.id, reason: "logout", now: testStart });
    await changesNothing(session, allowedChange(session));
  });

  it("changes nothing when the session has expired (term: expiresAt)", async () => {
    const { session } = await storedAccount(current());
    await changesNothing(session, allowedChange(session, { now: session.expiresAt + 86_400_000 }));
  });

  it("changes nothing when the session has idled out (term: rotatedAt)", async () => {
    const { session } = await storedAccount(current());
    await changesNothing(session, allowedChange(session, { idleSince: session.rotatedAt + 86_400_000 }));
  });
}

function describeUserTerms(current: CurrentStore, method: Method): void {
  const changesNothing = nothingChanges(current, method);

  it("changes nothing when the user is disabled, though others are not (term: disabledAt)", async () => {
    await storedAccount(current());
    const { session } = await storedAccount(current(), { user: { disabledAt: testStart } });
    expect(session.revokedAt).toBeNull();
    await changesNothing(session, allowedChange(session));
  });

  it("changes nothing when the user's credential version is another, though others have it (term: credentialVersion)", async () => {
    for (const credentialVersion of [2, 4]) await storedAccount(current(), { user: { credentialVersion } });
    const behind = await storedAccount(current(), {
      user: { credentialVersion: 3 },
      session: { credentialVersion: 2 },
    });
    await changesNothing(behind.session, allowedChange(behind.session));
    const ahead = await storedAccount(current(), { user: { credentialVersion: 3 }, session: { credentialVersion: 4 } });
    await changesNothing(ahead.session, allowedChange(ahead.session));
  });
}

function describeBoundaries(current: CurrentStore, method: Method): void {
  it.each([
    { at: "1 ms before expiresAt", offset: -1, alive: true },
    { at: "at expiresAt", offset: 0, alive: false },
    { at: "1 ms after expiresAt", offset: 1, alive: false },
  ])("answers $alive $at", async ({ offset, alive }) => {
    const { session } = await storedAccount(current());
    const change = allowedChange(session, { now: session.expiresAt + offset });
    expect(await current()[method](change)).toBe(alive);
  });

  it.each([
    { at: "1 ms after idleSince", offset: -1, alive: true },
    { at: "at idleSince", offset: 0, alive: false },
    { at: "1 ms before idleSince", offset: 1, alive: false },
  ])("answers $alive for a session that was rotated $at", async ({ offset, alive }) => {
    const { session } = await storedAccount(current());
    const change = allowedChange(session, { idleSince: session.rotatedAt + offset });
    expect(await current()[method](change)).toBe(alive);
  });
}

function describeRaces(current: CurrentStore, method: Method): void {
  it.each([2, 8, 64])("lets exactly one of %i parallel calls win, and keeps its values", async (callers) => {
    const { session } = await storedAccount(current());
    const changes = Array.from({ length: callers }, () => allowedChange(session));
    const outcomes = await Promise.all(changes.map((change) => current()[method](change)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    const winner = changes[outcomes.indexOf(true)];
    const stored = await storedRecord(current(), session.id);
    expect(stored.nextHash).toEqual(winner?.nextHash);
    expect(stored.salt).toEqual(winner?.salt);
    expect(stored.generation).toBe(method === "rotateSession" ? session.generation + 1 : session.generation);
  });

  it("lets exactly one of a rotation and a reissue of the same row win", async () => {
    const { session } = await storedAccount(current());
    const outcomes = await inParallel(16, (index) =>
      current()[index % 2 ? "rotateSession" : "reissueSession"](allowedChange(session)),
    );
    expect(outcomes.filter(Boolean)).toHaveLength(1);
  });

  const causes: Record<string, (store: AuthStore, of: { userId: string; id: string }) => Promise<unknown>> = {
    "a revocation": (store, { id }) => store.revokeSession({ sessionId: id, reason: "logout", now: testStart }),
    "disabling the user": (store, { userId }) => store.disableUser({ userId, now: testStart }),
  };
  it.each(Object.keys(causes))(
    "cannot revive a session, in whatever order it and %s arrive (R10, R13)",
    async (cause) => {
      for (const rotateFirst of [true, false]) {
        const { session } = await storedAccount(current());
        const rotate = () => current()[method](allowedChange(session));
        const end = () => causes[cause]?.(current(), session);
        await Promise.all(rotateFirst ? [rotate(), end()] : [end(), rotate()]);
        const ended = await storedRecord(current(), session.id);
        expect(ended.revokedAt).toBe(testStart);
        expect(await current()[method](allowedChange(ended))).toBe(false);
      }
    },
  );
}
