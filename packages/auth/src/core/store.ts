import type { HousekeepingStore } from "./housekeeping.ts";
import type { SigningKeyStore } from "./key-store.ts";
import type { MailLinkQuery, MailStore } from "./mail-store.ts";
import type { TimelineStore } from "./timeline.ts";

/**
 * The port to where accounts and sessions are kept. It speaks the rules' language, and each method states what it does
 * at one stroke, because every race in this product is decided here and nowhere else. The suite that every store must
 * pass is `testing/store-contract.ts`.
 *
 * For all methods: times are milliseconds since 1970; ids are UUIDs in lower case; a store that is busy, full, read-only
 * or gone throws `AuthError("temporarily_unavailable")` having changed nothing, and acknowledges a write only when it is
 * durable (assumption A4 of the refresh protocol).
 */
export interface AuthStore extends TimelineStore, HousekeepingStore, SigningKeyStore, MailStore {
  /**
   * Adds a user and the session of this first login. Atomic: both rows or neither; of two concurrent calls with the same
   * `usernameKey`, `usernameSkeleton` or `emailKey` exactly one returns `created`. A username that only looks like another is
   * `username_taken` too, and that comes before `email_taken`.
   *
   * Given `link`, at the same stroke the registration link of that address is consumed; without a living one the outcome is
   * `link_invalid`. It stays unless the account is made.
   */
  createAccount(account: {
    user: NewUser;
    session: SessionRecord;
    link?: MailLinkQuery | undefined;
  }): Promise<CreateAccountOutcome>;

  /** The user of a username or an email, both in canonical form, with what a login has to check. */
  findCredentials(key: { usernameKey: string } | { emailKey: string }): Promise<Credentials | undefined>;

  /** The same by the user's id. */
  findCredentialsById(userId: string): Promise<Credentials | undefined>;

  /**
   * The highest bcrypt cost in any user's password hash that is not above `atMost`, whoever made the hash; undefined when there is
   * none. Asked at each login, so it must cost microseconds, however many users there are.
   */
  highestPasswordCost(query: { atMost: number }): Promise<number | undefined>;

  /**
   * Adds a session. Atomic: only while the user is not disabled and `credentialVersion` is still the user's, so that a
   * login that was checked against an old password cannot outlive the change of that password (fault case R12). Given
   * `room`, at the same stroke those of the user's living sessions that began first are ended as `too_many_sessions`, so
   * that at most that many are left. The new one is never among them; what began in the future counts as begun now (T07).
   */
  createSession(session: SessionRecord, room?: SessionRoom): Promise<"created" | "credentials_changed">;

  /**
   * Is this session alive, and is what its tokens say still true? A session without its secrets, its user and the state of
   * the signing keys, read together by one statement. Asked at every call that needs a login, so it must cost microseconds; a
   * store across a network answers it from a feed of changes, and not later than a second after each.
   */
  findLogin(sessionId: string): Promise<FoundLogin | undefined>;

  /** A session with the hashes that its refresh tokens are held against, and its user, read together by one statement. */
  findSession(sessionId: string): Promise<SessionWithUser | undefined>;

  /**
   * The sessions of a user that nobody has revoked, each with the user, read together by one statement. Some of them may
   * have run out: that is for the rules to judge. In no particular order.
   */
  listSessions(userId: string): Promise<SessionWithUser[]>;

  /**
   * Spends the session's current refresh token (row 1 of the decision table). Atomic: changes the row only while
   * `nextHash` and `generation` are the expected ones, the session is neither ended nor expired, and its user is
   * active; of any number of concurrent calls exactly one returns true. Sets `lastUsedHash` to the expected `nextHash`,
   * and adds one to `generation`.
   */
  rotateSession(change: SessionChange): Promise<boolean>;

  /**
   * Replaces a successor that was never used (row 2b). Atomic under the same conditions as `rotateSession`, but
   * `lastUsedHash` and `generation` stay.
   */
  rearmSession(change: SessionChange): Promise<boolean>;

  /**
   * Ends one session; with `userId`, only if it is that user's. Returns true when this call ended it, false when there was
   * nothing left to end. Unless the reason is `logout`, what it ordered ends at the same stroke; see `MailStore`.
   */
  revokeSession(end: {
    sessionId: string;
    userId?: string | undefined;
    reason: RevokedReason;
    now: number;
  }): Promise<boolean>;

  /**
   * Ends every session of a user but `keepSessionId`, at one stroke, and what they ordered (see `MailStore`); what
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
   * Replaces a password hash by one of the same password made in a newer way. Atomic: only while the stored hash is
   * `from`, so that it never undoes a password change (fault case P15).
   */
  upgradePasswordHash(upgrade: { userId: string; from: string; to: string }): Promise<boolean>;

  /**
   * Changes a password and ends every other session of the user. Atomic: all of it or nothing, and only while the stored
   * hash is `from` and the user is active. `credentialVersion` grows by one, on the user and on the session that is kept,
   * whose `authenticatedAt` and step-up become those of `now`: the password has just been given. `claimsVersion` grows too, so
   * that access tokens of before have run out.
   *
   * Given `rotation`, at the same stroke and under the same conditions what `rotateSession` does to the kept session; where
   * that cannot be done, nothing is.
   */
  changePassword(change: {
    userId: string;
    from: string;
    to: string;
    keepSessionId: string;
    stepUpHash: Uint8Array;
    now: number;
    rotation?: SessionChange | undefined;
  }): Promise<boolean>;

  /**
   * Says that the password has just been given in this session: sets `authenticatedAt`, and puts a step-up secret in the place
   * of the one before. Atomic: only while the session is neither ended nor expired, it and its user have that
   * `credentialVersion`, and the user is active; so a password that was replaced while it was being checked proves nothing.
   */
  renewProof(proof: {
    sessionId: string;
    credentialVersion: number;
    stepUpHash: Uint8Array;
    now: number;
  }): Promise<boolean>;

  /** Changes a user's name and adds one to `claimsVersion`, at one stroke. False when there is no active user with that id. */
  changeName(change: { userId: string; name: string }): Promise<boolean>;

  /**
   * Disables a user, and ends all their sessions, links and waiting orders with a link, at one stroke: none of them comes back
   * when the user is enabled again. `unchanged` when there is no such user or it was disabled before. Atomic: of the active administrators one is always left, however many calls there are at once.
   */
  disableUser(end: { userId: string; now: number }): Promise<"done" | "unchanged" | "last_admin">;

  /** Lets a disabled user log in again; sessions that were ended stay so. False when there is no disabled user with that id. */
  enableUser(change: { userId: string }): Promise<boolean>;

  /**
   * Gives an active user another role and adds one to `claimsVersion`, at one stroke. `unchanged` when they have it, or
   * there is no active user with that id. Atomic as `disableUser`: the last active administrator stays one.
   */
  setRole(change: { userId: string; role: Role }): Promise<"done" | "unchanged" | "last_admin">;

  /**
   * Users whose username or email begins so, both in canonical form, in the order of `usernameKey`: at most `limit` of those
   * that the username leads to, and as many that the email does. Costs as much for a thousand users as for a million.
   */
  findUsers(query: { prefix: string; limit: number }): Promise<User[]>;
}

/** What a user may do beyond their own things. */
export type Role = (typeof roles)[number];
export const roles = ["user", "admin"] as const;

export type Delivery = "cookie" | "body";

/** Why a session was ended before its time. */
export type RevokedReason =
  | "logout"
  | "refresh_token_reused"
  | "password_changed"
  | "account_disabled"
  | "ended_by_user"
  | "ended_by_admin"
  | "too_many_sessions";

export interface User {
  /** UUID, version 7. */
  id: string;
  /** As typed. Compared by `usernameKey`. */
  username: string;
  /** In the form that mail is sent to; see `canonicalEmail`. Compared by `emailKey`. */
  email: string;
  /** The full name, as typed. */
  name: string;
  createdAt: number;
  disabledAt: number | null;
  /** Grows with each password change; a session with another one is dead. */
  credentialVersion: number;
  role: Role;
  /** Grows with each change of what access tokens say of the user; one that says something older has run out. */
  claimsVersion: number;
  /** When a link in a mail showed that they read what is sent to `email`; null as long as nothing has. */
  emailVerifiedAt: number | null;
}

export interface NewUser extends User {
  usernameKey: string;
  /** What the username looks like; see `usernameSkeleton()`. No two users share one. */
  usernameSkeleton: string;
  emailKey: string;
  passwordHash: string;
}

export interface Credentials {
  user: User;
  passwordHash: string;
}

/** What a session is, without what its refresh tokens are held against: all that leaves the rules. */
export interface SessionFacts {
  /** UUID, version 7. The access token's `sid`. */
  id: string;
  userId: string;
  delivery: Delivery;
  /** False: the browser drops the cookies when it closes. */
  rememberMe: boolean;
  /** How often the session was rotated. */
  generation: number;
  rotatedAt: number;
  createdAt: number;
  /** When the password was last given. It informs, and decides nothing: see `SessionRecord.stepUpHash`. */
  authenticatedAt: number;
  /** The absolute end: no refresh moves it. */
  expiresAt: number;
  credentialVersion: number;
  revokedAt: number | null;
  revokedReason: RevokedReason | null;
  userAgent: string | null;
  ipAddress: string | null;
  lastSeenAt: number;
}

/** One row for each session, for its whole life. Hashes are SHA-256 (32 octets), `salt` is 16 octets of randomness. */
export interface SessionRecord extends SessionFacts {
  familyHash: Uint8Array;
  nextHash: Uint8Array;
  lastUsedHash: Uint8Array | null;
  salt: Uint8Array;
  /** Of the step-up secret that the device got which gave the password last; null where none was issued. */
  stepUpHash: Uint8Array | null;
  /** When that was. */
  stepUpAt: number | null;
}

export interface SessionWithUser {
  session: SessionRecord;
  user: User;
}

export interface FoundLogin {
  session: SessionFacts;
  user: User;
  /** Another number than before means that the signing keys have changed; see `SigningKeyStore`. */
  keyRingVersion: number;
}

export type CreateAccountOutcome = "created" | "username_taken" | "email_taken" | "link_invalid";

/** How many living sessions a user may have after one more was added. */
export interface SessionRoom {
  atMost: number;
  now: number;
  /** A session that was last rotated at or before this instant has idled out, and takes no room. */
  idleSince: number;
}

/** The one conditional write of a refresh: the conditions first, then the new values. */
export interface SessionChange {
  sessionId: string;
  expectedNextHash: Uint8Array;
  expectedGeneration: number;
  /** A session that was last rotated at or before this instant has idled out. */
  idleSince: number;
  now: number;
  nextHash: Uint8Array;
  salt: Uint8Array;
}
