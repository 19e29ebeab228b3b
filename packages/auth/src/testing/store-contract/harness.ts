import { afterEach, beforeEach, expect } from "vitest";
import type { Challenge, Credential } from "../../core/domain/credential.ts";
import type { StoredSession, StoredSessionWithUser } from "../../core/domain/model.ts";
import type { ChallengeKey } from "../../core/ports/challenge-store.ts";
import type { SessionRotation } from "../../core/ports/session-store.ts";
import type { AuthStore } from "../../core/ports/store.ts";
import { testStart } from "../fake-clock.ts";
import { aChallenge, aNewUser, aSession, type NewUserWithPassword, someBytes } from "../fixtures.ts";

export interface OpenedStore {
  store: AuthStore;
  close(): Promise<void>;
}

export type OpenStore = () => Promise<OpenedStore>;

/** The store of the test that is running. */
export type CurrentStore = () => AuthStore;

/** Opens an empty store before each test and closes it after. */
export function useStore(open: OpenStore): CurrentStore {
  let opened: OpenedStore | undefined;
  beforeEach(async () => {
    opened = await open();
  });
  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  });
  return () => {
    if (!opened) throw new Error("There is a store only while a test runs");
    return opened.store;
  };
}

/**
 * An account with its first session, as given: also a session that is already dead, because the user is disabled or has
 * another `credentialVersion`. Nothing but `createAccount` can make those, and each is needed to test one term.
 */
export async function storedAccount(
  store: AuthStore,
  overrides: { user?: Partial<NewUserWithPassword>; session?: Partial<StoredSession> } = {},
): Promise<{ user: NewUserWithPassword; session: StoredSession }> {
  const user = aNewUser(overrides.user);
  const session = aSession({ userId: user.id, ...overrides.session });
  expect(await store.createAccount({ user, session })).toBe("created");
  return { user, session };
}

/** One more session of a user, stored. */
export async function storedSession(
  store: AuthStore,
  overrides: Parameters<typeof aSession>[0],
): Promise<StoredSession> {
  const session = aSession(overrides);
  expect(await store.createSession(session)).toBe("created");
  return session;
}

/** A credential of a kind that no version of the app knows: the store takes any. */
export function aCredential(userId: string, overrides: Partial<Credential> = {}): Credential {
  return {
    id: aNewUser().id,
    userId,
    kind: "key",
    lookupKey: null,
    data: "what the key needs",
    version: 1,
    label: "Ada's phone",
    createdAt: testStart + 60_000,
    lastUsedAt: null,
    ...overrides,
  };
}

/** No bound that a test of anything else would meet. */
const wideQuota = { perUser: 100, perNetwork: 100 };

/** A challenge of a user, stored, with what finds it a minute after it began. */
export async function storedChallenge(
  store: AuthStore,
  overrides: Parameters<typeof aChallenge>[0],
): Promise<{ challenge: Challenge; key: ChallengeKey }> {
  const challenge = aChallenge(overrides);
  expect(await store.addChallenge({ challenge, quota: wideQuota, now: testStart })).toBe("added");
  return { challenge, key: { id: challenge.id, secretHash: challenge.secretHash, now: testStart + 60_000 } };
}

/** A change of that session which every condition allows, a minute after it began; each test breaks one of them. */
export function allowedChange(session: StoredSession, overrides: Partial<SessionRotation> = {}): SessionRotation {
  return {
    sessionId: session.id,
    expectedNextHash: session.nextHash,
    expectedGeneration: session.generation,
    idleSince: session.rotatedAt - 1,
    now: testStart + 60_000,
    nextHash: someBytes(32),
    salt: someBytes(16),
    ...overrides,
  };
}

/** A session as the store has it; fails when there is none. */
export async function storedRecord(store: AuthStore, sessionId: string): Promise<StoredSession> {
  return (await found(store, sessionId)).session;
}

/** A session and its user as the store has them, with bytes of one class; fails when there is no such session. */
export async function found(store: AuthStore, sessionId: string): Promise<StoredSessionWithUser> {
  const record = await store.findStoredSession(sessionId);
  if (!record) throw new Error("There is no such session");
  return { session: plain(record.session), user: record.user };
}

/** The same record with `Uint8Array`s where a store returned a class of its own, so that records can be compared. */
export function plain(session: StoredSession): StoredSession {
  return {
    ...session,
    familyHash: Uint8Array.from(session.familyHash),
    nextHash: Uint8Array.from(session.nextHash),
    lastUsedHash: session.lastUsedHash && Uint8Array.from(session.lastUsedHash),
    stepUpHash: session.stepUpHash && Uint8Array.from(session.stepUpHash),
    salt: Uint8Array.from(session.salt),
  };
}

/** So many calls begun before any of them has ended. */
export function inParallel<T>(times: number, call: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => call(index)));
}
