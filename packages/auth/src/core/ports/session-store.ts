import type { ProvenMethod } from "../domain/credential.ts";
import type {
  RevokedReason,
  SessionWithUser,
  StoredSession,
  StoredSessionWithKinds,
  StoredSessionWithUser,
} from "../domain/model.ts";
import type { ChallengeKey } from "./challenge-store.ts";

/** The port to where sessions are kept. Part of `AuthStore`, and under its rules. */
export interface SessionStore {
  /**
   * Adds a session. Atomic: only while the user is not disabled and `credentialVersion` is still the user's, so that a
   * login that was checked against an old password cannot outlive the change of that password (fault case R12). Given
   * `room`, at the same stroke those of the user's living sessions that began first are ended as `too_many_sessions`, so
   * that at most that many are left. The new one is never among them; what began in the future counts as begun now (T07).
   *
   * Given `evidence`, the same transaction consumes its challenge and notes the uses of its credentials. `already_used`, with
   * nothing changed: the challenge is not valid any more, or a credential with a `version` has another one.
   */
  createSession(
    session: StoredSession,
    quota?: SessionQuota,
    evidence?: Evidence,
  ): Promise<"created" | "credentials_changed" | "already_used">;

  /**
   * Is this session alive, and is what its tokens say still true? A session without its secrets, its user and the state of
   * the signing keys, read together by one statement. Asked at every call that needs a login, so it must cost microseconds; a
   * store across a network answers it from a feed of changes, and not later than a second after each. One that has the answer
   * at hand gives it at once, without a promise; what fails is a promise that rejects.
   */
  findSessionWithUser(sessionId: string): SessionWithUser | undefined | Promise<SessionWithUser | undefined>;

  /**
   * A session with the hashes that its refresh tokens are held against, its user, and the kinds of the user's credentials, read
   * together by one statement.
   */
  findStoredSession(sessionId: string): Promise<StoredSessionWithKinds | undefined>;

  /**
   * The sessions of a user that were not revoked, each with the user, read together by one statement. Some of them may
   * have run out: that is for the rules to judge. In no particular order.
   */
  listSessions(userId: string): Promise<StoredSessionWithUser[]>;

  /**
   * Spends the session's current refresh token (row 1 of the decision table). Atomic: changes the row only while
   * `nextHash` and `generation` are the expected ones, the session is neither ended nor expired, and its user is
   * active; of any number of concurrent calls exactly one returns true. Sets `lastUsedHash` to the expected `nextHash`,
   * and adds one to `generation`.
   */
  rotateSession(change: SessionRotation): Promise<boolean>;

  /**
   * Replaces a successor that was never used (row 2b). Atomic under the same conditions as `rotateSession`, but
   * `lastUsedHash` and `generation` stay.
   */
  reissueSession(change: SessionRotation): Promise<boolean>;

  /**
   * Ends one session; with `userId`, only if it is that user's. Returns true when this call ended it, false when there was
   * nothing left to end. Unless the reason is `logout`, what it ordered ends at the same stroke; see `EmailStore`.
   */
  revokeSession(end: {
    sessionId: string;
    userId?: string | undefined;
    reason: RevokedReason;
    now: number;
  }): Promise<boolean>;

  /**
   * Ends every session of a user but `keepSessionId`, at one stroke, and what they ordered (see `EmailStore`); what
   * `askingSessionId` ordered stays, because its end is its own logout. Returns how many this call ended.
   */
  revokeSessionsOf(end: {
    userId: string;
    reason: RevokedReason;
    now: number;
    keepSessionId?: string | undefined;
    askingSessionId?: string | undefined;
  }): Promise<number>;

  /**
   * Says that a credential has just been proven in this session: sets `authenticatedAt`, and puts a step-up secret and what its
   * device proved in the place of those before. Atomic: only while the session is neither ended nor expired, it and its user
   * have that `credentialVersion`, and the user is active; so a password that was replaced while it was being checked proves
   * nothing.
   *
   * Given `evidence`, as `createSession`: `already_used`, with nothing changed.
   */
  recordStepUp(stepUp: {
    sessionId: string;
    credentialVersion: number;
    stepUpHash: Uint8Array;
    methods: readonly ProvenMethod[];
    now: number;
    evidence?: Evidence | undefined;
  }): Promise<"recorded" | "rejected" | "already_used">;
}

/** What was proven for a session or a step-up, to be consumed in the transaction of that. */
export interface Evidence {
  challenge?: ChallengeKey | undefined;
  uses: readonly CredentialUse[];
}

/** Sets `lastUsedAt`. With `version` and `data` as `CredentialStore.useCredential`: of two uses at once one wins. */
export interface CredentialUse {
  id: string;
  now: number;
  change?: { version: number; data: string } | undefined;
}

/** How many living sessions a user may have after one more was added. */
export interface SessionQuota {
  atMost: number;
  now: number;
  /** A session that was last rotated at or before this instant has idled out, and takes no room. */
  idleSince: number;
}

/** The one conditional write of a refresh: the conditions first, then the new values. */
export interface SessionRotation {
  sessionId: string;
  expectedNextHash: Uint8Array;
  expectedGeneration: number;
  /** A session that was last rotated at or before this instant has idled out. */
  idleSince: number;
  now: number;
  nextHash: Uint8Array;
  salt: Uint8Array;
}
