import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testStart } from "../fake-clock.ts";
import { aNewUser, aSession } from "../fixtures.ts";
import { endingCalls, endingMethods, rejectedCalls } from "./audit-sessions.ts";
import { allowedChange, type CurrentStore, type OpenedStore, storedAccount, storedSession } from "./harness.ts";

/** What a feed says of a session. */
export interface SessionEvents {
  kind: "session_started" | "session_ended";
  subjectId: string;
  createdAt: number;
}

/** A store whose installation also keeps a feed of changes. */
export interface OpenedFeed extends OpenedStore {
  /** All changes that the feed has of that user's sessions, in the order in which they were written. */
  changesOf(userId: string): Promise<SessionEvents[]>;
}

/**
 * What every `AuthStore` must pass whose installation has a feed of changes: each change of a session is in the feed, written
 * at the same stroke. Call it in a vitest file.
 *
 * @param open makes an empty store; called before each test, and its `close` after it
 */
export function describeChangeFeedContract(name: string, open: () => Promise<OpenedFeed>): void {
  describe(`${name} writes the feed of changes`, () => {
    let opened: OpenedFeed | undefined;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(async () => {
      await opened?.close();
      opened = undefined;
    });
    const current = () => {
      if (!opened) throw new Error("There is a store only while a test runs");
      return opened;
    };
    const store = () => current().store;
    const changesOf = (userId: string) => current().changesOf(userId);
    describeStarts(store, changesOf);
    describeEnds(store, changesOf);
    describeNoChange(store, changesOf);
  });
}

type ChangesOf = OpenedFeed["changesOf"];

function describeStarts(current: CurrentStore, changesOf: ChangesOf): void {
  it("createAccount() and createSession() write session_started, at the time of the session", async () => {
    const { user, session } = await storedAccount(current());
    const other = await storedSession(current(), { userId: user.id, createdAt: testStart + 7 });
    expect(await changesOf(user.id)).toEqual([
      { kind: "session_started", subjectId: session.id, createdAt: session.createdAt },
      { kind: "session_started", subjectId: other.id, createdAt: testStart + 7 },
    ]);
  });

  it("createAccount() without a session writes none", async () => {
    const user = aNewUser();
    await current().createAccount({ user });
    expect(await changesOf(user.id)).toEqual([]);
  });

  it("a session that is stored as ended writes no change", async () => {
    const ended = { revokedAt: testStart, revokedReason: "logout" } as const;
    const { user } = await storedAccount(current(), { session: ended });
    expect(await changesOf(user.id)).toEqual([]);
  });
}

function describeEnds(current: CurrentStore, changesOf: ChangesOf): void {
  it.each(endingMethods)("%s() writes session_ended for every session that it ends, once", async (method) => {
    const { userId, ended, end } = await endingCalls[method](current());
    await end();
    await end();
    const written = (await changesOf(userId)).filter(({ kind }) => kind === "session_ended");
    const ofThese = written.filter(({ subjectId }) => ended.some((id) => id === subjectId));
    expect(ofThese.map(({ subjectId }) => subjectId).sort()).toEqual([...ended].sort());
    expect(new Set(ofThese.map(({ createdAt }) => createdAt))).toEqual(new Set([testStart + 5]));
  });
}

function describeNoChange(current: CurrentStore, changesOf: ChangesOf): void {
  it.each(rejectedCalls)("%s writes no change", async (_, call) => {
    const account = await storedAccount(current(), { user: { role: "admin" } });
    const before = await changesOf(account.user.id);
    await call(current(), account);
    expect(await changesOf(account.user.id)).toEqual(before);
  });

  it("a refresh and removeEndedSessions() write no change", async () => {
    const { user, session } = await storedAccount(current());
    const before = await changesOf(user.id);
    expect(await current().reissueSession(allowedChange(session))).toBe(true);
    const step = { after: null, window: 9, endedBefore: session.expiresAt, idleSince: 0 };
    expect((await current().removeEndedSessions(step)).removed).toBe(1);
    expect(await changesOf(user.id)).toEqual(before);
  });

  it("deleteUser() leaves no change of the user, and all of another", async () => {
    const { user } = await storedAccount(current());
    const other = await storedAccount(current());
    await current().createSession(aSession({ userId: other.user.id }));
    expect(await current().deleteUser({ userId: user.id })).toBe("done");
    expect(await changesOf(user.id)).toEqual([]);
    expect(await changesOf(other.user.id)).toHaveLength(2);
  });
}
