import type { AnyLinkKind, ClientInfo, EmailKind, EmailLinkKind, LinkEnds, User } from "../domain/model.ts";

/**
 * The port to links in mails and to the mails that wait to be sent. Part of `AuthStore`, and under its rules.
 *
 * An order whose mail carries a link of a known user (`verify_email`, `change_email`) is bound to what that user had when it
 * was given: the address, the `credentialVersion` and, with `change_email`, the session. These end it, in the transaction of
 * their cause: the user's waiting orders of both kinds are settled by `consumeResetLink`, `changePassword`,
 * `consumeChangeLink`, `disableUser` and `deleteUser`; those of a session, together with its `change_email` link that was sent
 * already, by `revokeSession`, `revokeSessionsOf` and `createSession` (which revokes the oldest), for every reason but
 * `logout`. Settled rows stay, because they count towards the hourly limit. Notices are never ended by anything.
 *
 * A user has one living link of each kind. It is bound to the address and the password that the account had when it was
 * made, so that a change of either kills it. Consuming it removes it by one conditional statement, at the same stroke as
 * what it is good for: of any number of concurrent calls exactly one succeeds (fault case P13).
 */
export interface EmailStore {
  /**
   * Puts a link in the place of the user's former one of that kind. Atomic: only while the user is active and has still
   * that `emailKey` and `credentialVersion`, and the link's session, if it has one, was not revoked for another reason than
   * `logout`. Given `order`, also only while that order waits as it was claimed: whatever ended it ends its link.
   */
  putEmailLink(link: EmailLink, order?: { id: string; attempts: number }): Promise<boolean>;

  /** Whose living link that is, without consuming it. */
  findEmailLink(query: EmailLinkQuery & { kind: EmailLinkKind }): Promise<User | undefined>;

  /** Consumes a `verify_email` link: sets `emailVerifiedAt`. Returns the user as they are then. */
  consumeVerifyLink(use: EmailLinkUse): Promise<User | undefined>;

  /**
   * Consumes a `change_email` link: the link's address becomes the user's, and is verified. Adds one to `claimsVersion`,
   * and removes the user's other links and waiting orders. Undefined, with nothing changed, also when somebody else has that
   * address by now, or the link's session was revoked for another reason than `logout`.
   */
  consumeChangeLink(use: EmailLinkUse): Promise<AddressChange | undefined>;

  /**
   * Consumes a `reset_password` link: replaces the hash, adds one to `credentialVersion`, ends every session as
   * `password_changed` and removes the user's other links and waiting orders. The address is verified with it.
   */
  consumeResetLink(use: EmailLinkUse & { passwordHash: string }): Promise<User | undefined>;

  /**
   * Puts a link with which an account may be made in the place of the address's former one. Atomic: only while nobody has
   * that `emailKey`. It is consumed by `AccountStore.createAccount`.
   */
  putRegistrationLink(link: RegistrationLink): Promise<boolean>;

  /** The address, as typed, of a living registration link, without consuming it; undefined as well once somebody has it. */
  findRegistrationLink(query: EmailLinkQuery): Promise<{ email: string } | undefined>;

  /**
   * Removes every link that ends later than one of its kind may that is drawn now: a clock of the future drew it (fault case
   * T07). Returns how many.
   */
  removeFutureLinks(latest: Record<AnyLinkKind, number>): Promise<number>;

  /** Removes registration links that ran out at or before that instant. Returns how many. */
  removeOldRegistrationLinks(query: { before: number }): Promise<number>;

  /**
   * Adds a mail to those that wait. Given `limit`, only while fewer than `atMost` were ordered to its `addressKey` after
   * `since` and not after itself; atomic, so that any number of concurrent calls stays within it (fault case P14). A bound
   * order is added only while what it is bound to holds and its session is not revoked, at the same stroke; else it is `void`.
   */
  enqueueEmail(order: OutboxEmail, limit?: { atMost: number; since: number }): Promise<EnqueueOutcome>;

  /**
   * Takes one mail that is due, for as long as `leaseUntil`; then it is due again. Atomic: of concurrent calls, in however
   * many processes, one gets it. Adds one to `attempts`.
   */
  claimEmail(claim: { now: number; leaseUntil: number }): Promise<ClaimedEmail | undefined>;

  /**
   * Says when a claimed mail is due again; null for never. Nothing changes when it was claimed again or settled since. Of a
   * settled mail only what the hourly limit counts by is kept: no address, no user, no place.
   */
  settleEmail(settled: { id: string; attempts: number; dueAt: number | null }): Promise<void>;

  /**
   * Undoes what a clock of the future wrote (fault case T07): a mail that is due later than `now` and what `waitsMs` has for the
   * number of its attempts, or `longestLeaseMs` beyond its end, is due now; and settled mails that were ordered after `now` are
   * removed, so that they count towards no hour to come. Returns how many were made due.
   */
  recallEmails(query: { now: number; waitsMs: readonly number[]; longestLeaseMs: number }): Promise<number>;

  /** Removes settled mails that were ordered before that instant. Returns how many. */
  removeSettledEmails(query: { before: number }): Promise<number>;
}

export interface EmailLink {
  userId: string;
  kind: EmailLinkKind;
  /** SHA-256 of the secret. */
  secretHash: Uint8Array;
  /** What the account had when the link was made. */
  emailKey: string;
  credentialVersion: number;
  /** With `change_email`: the address to come, as typed and as it is compared. */
  newEmail: string | null;
  newEmailKey: string | null;
  /** With `change_email`: the session that ordered it. */
  sessionId: string | null;
  expiresAt: number;
}

/** What `consumeChangeLink` did. */
export interface AddressChange {
  user: User;
  /** What the user had before, and since when that was verified. */
  formerEmail: string;
  formerEmailVerifiedAt: number | null;
}

/** `limited`: its address was sent as many as it may be. `void`: what the order is bound to no longer holds. */
export type EnqueueOutcome = "ordered" | "limited" | "void";

/** A link that belongs to an address and to no user: there is none yet. */
export interface RegistrationLink {
  /** As typed, and as it is compared. */
  email: string;
  emailKey: string;
  /** SHA-256 of the secret. */
  secretHash: Uint8Array;
  expiresAt: number;
}

/** A link is found, and is used, only while its end lies between the two instants. */
export interface EmailLinkQuery extends LinkEnds {
  secretHash: Uint8Array;
}

export interface EmailLinkUse extends EmailLinkQuery {
  now: number;
}

/** A mail to be made and sent. It holds no secret: a link is drawn when it is sent. */
export interface OutboxEmail extends ClientInfo {
  /** UUID, version 7. */
  id: string;
  kind: EmailKind;
  /** Null where only an address is known: nobody has looked yet whether it is anybody's. */
  userId: string | null;
  /** Where to; null for the user's own address when it is sent. */
  address: string | null;
  /** What the hourly limit counts by, a hash of the address; null for what is not counted. */
  addressKey: string | null;
  /** What the user had when the order was given, all three null for what is bound to nothing; see `decideEmailBinding`. */
  boundEmailKey: string | null;
  boundCredentialVersion: number | null;
  boundSessionId: string | null;
  orderedAt: number;
}

export interface ClaimedEmail extends OutboxEmail {
  /** How often it was claimed, this time included. */
  attempts: number;
}
