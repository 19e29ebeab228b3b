import type { AnyLinkKind, ClientInfo, EmailKind, EmailLinkKind, LinkEnds, User } from "../domain/model.ts";

/**
 * The port to the links in emails and to the outbox. Part of `AuthStore`; its rules apply.
 *
 * An email with a link of a known user (`verify_email`, `change_email`, `invitation`) is bound to what that user had when it was
 * requested: the address, the `credentialVersion` and, with `change_email`, the session. These cancel it, in their own
 * transaction: the user's waiting emails of these kinds are settled by `consumeResetLink`, `consumeInvitation`, `changePassword`,
 * `consumeChangeLink`, `disableUser` and `deleteUser`; those of a session, together with its `change_email` link that was sent
 * already, by `revokeSession`, `revokeSessionsOf` and `createSession` (which revokes the oldest), for every reason but
 * `logout`. Settled rows stay, because they count towards the hourly limit. Notices are never cancelled.
 *
 * A user has one valid link of each kind. It is bound to the address and the password that the account had when it was
 * made, so that a change of either invalidates it. Consuming it removes it by one conditional statement, in the transaction of
 * what it does: of any number of concurrent calls exactly one succeeds (fault case P13).
 */
export interface EmailStore {
  /**
   * Replaces the user's link of that kind. Atomic: only while the user is active and has still
   * that `emailKey` and `credentialVersion`, and the link's session, if it has one, was not revoked for another reason than
   * `logout`. Given `email`, also only while that email is still claimed: what cancels the email prevents its link.
   */
  putEmailLink(link: EmailLink, email?: { id: string; attempts: number }): Promise<boolean>;

  /** The owner of a valid link. Does not consume it. */
  findEmailLink(query: EmailLinkQuery & { kind: EmailLinkKind }): Promise<User | undefined>;

  /** Consumes a `verify_email` link: sets `emailVerifiedAt`. Returns the user as they are then. */
  consumeVerifyLink(use: EmailLinkUse): Promise<User | undefined>;

  /**
   * Consumes a `change_email` link: the link's address becomes the user's, and is verified. Adds one to `claimsVersion`,
   * and removes the user's other links and waiting emails. Undefined, with nothing changed, also when another user has that
   * address by now, or the link's session was revoked for another reason than `logout`.
   */
  consumeChangeLink(use: EmailLinkUse): Promise<AddressChange | undefined>;

  /**
   * Consumes a `reset_password` link: replaces the hash, adds one to `credentialVersion`, ends every session as
   * `password_changed` and removes the user's other links and waiting emails. The address is verified with it.
   */
  consumeResetLink(use: EmailLinkUse & { passwordHash: string }): Promise<User | undefined>;

  /** Consumes an `invitation` link: does what `consumeResetLink` does, for an account that has no password yet. */
  consumeInvitation(use: EmailLinkUse & { passwordHash: string }): Promise<User | undefined>;

  /**
   * Replaces the registration link of an address. Atomic: only while no user has
   * that `emailKey`. It is consumed by `AccountStore.createAccount`.
   */
  putRegistrationLink(link: RegistrationLink): Promise<boolean>;

  /** The address, as typed, of a valid registration link; undefined also when a user has it by now. Does not consume it. */
  findRegistrationLink(query: EmailLinkQuery): Promise<{ email: string } | undefined>;

  /**
   * Removes every link that ends later than a link generated now: a clock that was ahead made it (fault case
   * T07). Returns how many.
   */
  removeFutureLinks(latest: Record<AnyLinkKind, number>): Promise<number>;

  /** Removes registration links that expired at or before that instant. Returns how many. */
  removeOldRegistrationLinks(query: { before: number }): Promise<number>;

  /**
   * Adds an email to the outbox. Given `limit`, only while fewer than `atMost` were enqueued for its `addressKey` after
   * `since` and not after itself; atomic, so that any number of concurrent calls stays within it (fault case P14). A bound
   * email is added only while what it is bound to holds and its session is not revoked; else it is `void`.
   */
  enqueueEmail(email: OutboxEmail, limit?: { atMost: number; since: number }): Promise<EnqueueOutcome>;

  /**
   * Claims one email that is due, until `leaseUntil`; then it is due again. Atomic: of concurrent calls, in however
   * many processes, one gets it. Adds one to `attempts`.
   */
  claimEmail(claim: { now: number; leaseUntil: number }): Promise<ClaimedEmail | undefined>;

  /**
   * Sets when a claimed email is due again; null for never. Nothing changes when it was claimed again or settled since. Of a
   * settled email only what the hourly limit counts is kept: no address, no user, no IP address.
   */
  settleEmail(settled: { id: string; attempts: number; dueAt: number | null }): Promise<void>;

  /**
   * Undoes what a clock that was ahead wrote (fault case T07): an email that is due later than `now` and what `waitsMs` has for the
   * number of its attempts, or `longestLeaseMs` beyond its end, is due now; and settled mails that were ordered after `now` are
   * removed, so that they count towards no hour to come. Returns how many were made due.
   */
  recallEmails(query: { now: number; waitsMs: readonly number[]; longestLeaseMs: number }): Promise<number>;

  /** Removes settled emails that were enqueued before that instant. Returns how many. */
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
  /** With `change_email`: the session that requested it. */
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

/** `limited`: its address has had as many as are allowed. `void`: what the email is bound to no longer holds. */
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

/** An email to be made and sent. It contains no secret: a link is generated when it is sent. */
export interface OutboxEmail extends ClientInfo {
  /** UUID, version 7. */
  id: string;
  kind: EmailKind;
  /** Null where only an address is known: its user is looked up when the email is sent. */
  userId: string | null;
  /** The recipient; null for the address that the user has when it is sent. */
  address: string | null;
  /** The key of the hourly limit, a hash of the address; null for what is not counted. */
  addressKey: string | null;
  /** What the user had at the request, all three null for an email that is not bound; see `decideEmailBinding`. */
  boundEmailKey: string | null;
  boundCredentialVersion: number | null;
  boundSessionId: string | null;
  orderedAt: number;
}

export interface ClaimedEmail extends OutboxEmail {
  /** How often it was claimed, this time included. */
  attempts: number;
}
