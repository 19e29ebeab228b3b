import type { ProvenMethod } from "./credential.ts";

/** What a link in an email does. */
export type EmailLinkKind = (typeof emailLinkKinds)[number];

export const emailLinkKinds = ["verify_email", "reset_password", "change_email", "invitation"] as const;

/** Whether an email of this kind carries a link of a user. */
export function isEmailLinkKind(kind: string): kind is EmailLinkKind {
  return (emailLinkKinds as readonly string[]).includes(kind);
}

/** All kinds of links: those of users, and the one that registers an account. */
export type AnyLinkKind = EmailLinkKind | "register";

/** The bounds for the end of a link that is valid now, in milliseconds since 1970. */
export interface LinkEnds {
  /** It ends later than this. */
  endsAfter: number;
  /** It ends no later than this. */
  endsBy: number;
}

/** All kinds of emails. Those of the first two rows carry a link. */
export type EmailKind =
  | EmailLinkKind
  | "register"
  | "already_registered"
  | "email_in_use"
  | "email_change_asked"
  | "email_changed"
  | "password_changed"
  | "new_device"
  | "account_deleted";

export type RefreshRejection =
  | {
      reason: "refresh_token_invalid";
      why: "malformed" | "unknown_session" | "wrong_family" | "wrong_delivery" | "generation_ahead";
    }
  | { reason: "session_revoked" | "session_expired" | "account_disabled"; why: SessionEnd };

export type SessionEnd = "session_revoked" | "session_expired" | "account_disabled";

/** A step-up secret as it is issued: only for a proven credential, and only to the device that proved it. */
export interface IssuedStepUp {
  token: string;
  /** Seconds until it is too old. */
  expiresIn: number;
}

/** What a user may do beyond their own account. */
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
  /** Grows with each password change; a session with another value is over. */
  credentialVersion: number;
  role: Role;
  /** Grows with each change of a claim; an access token with an older value counts as expired. */
  claimsVersion: number;
  /** When the user verified `email` by a link; null before that. */
  emailVerifiedAt: number | null;
}

export interface NewUser extends User {
  usernameKey: string;
  /** See `usernameSkeleton()`. Unique. */
  usernameSkeleton: string;
  emailKey: string;
  /** Becomes a credential of kind `password`; null for an account that begins without one. */
  passwordHash: string | null;
}

/** A user as a store keeps it: without what is kept as a credential. */
export type StoredUser = Omit<NewUser, "passwordHash">;

/** What a login with a password has to check. */
export interface Credentials {
  user: User;
  /** Null for an account that has no password. */
  passwordHash: string | null;
  /** The kinds of all credentials of the user, each once, in the order of the alphabet. */
  kinds: readonly string[];
}

/** A session without the hashes that its refresh tokens are compared with: only this leaves the rules. */
export interface Session {
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
  /** When the user last proved a credential. For information only; `StoredSession.stepUpHash` decides a step-up. */
  authenticatedAt: number;
  /** How the user proved who they are when it began (RFC 8176), such as `pwd`. For information only. */
  amr: readonly string[];
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
export interface StoredSession extends Session {
  familyHash: Uint8Array;
  nextHash: Uint8Array;
  lastUsedHash: Uint8Array | null;
  salt: Uint8Array;
  /** Hash of the step-up secret issued last; null where none was issued. */
  stepUpHash: Uint8Array | null;
  /** When it was issued. */
  stepUpAt: number | null;
  /** What the device with that secret proved, and when: each kind once. */
  stepUpMethods: readonly ProvenMethod[];
}

export interface StoredSessionWithUser {
  session: StoredSession;
  user: User;
}

/** With what the assurance rule asks of the account. */
export interface StoredSessionWithKinds extends StoredSessionWithUser {
  /** The kinds of all credentials of the user, each once, in the order of the alphabet. */
  kinds: readonly string[];
}

export interface SessionWithUser {
  session: Session;
  user: User;
  /** A new number means that the signing keys have changed; see `SigningKeyStore`. */
  keyRingVersion: number;
}

/** The names of OWASP's Logging Vocabulary, which readers of many systems' logs know. */
export type AuditEvent =
  | "authn_login_success"
  | "authn_login_fail"
  | "authn_login_fail_max"
  | "authn_password_change"
  | "authn_password_change_fail"
  | "authn_reauth_success"
  | "authn_reauth_fail"
  | "authn_token_created"
  | "authn_token_reuse"
  | "authz_admin"
  | "authz_change"
  | "sensitive_read"
  | "session_created"
  | "session_renewed"
  | "session_expired"
  | "session_use_after_expire"
  | "user_created"
  | "user_deleted"
  | "user_updated";

export type AuditDetail =
  | RevokedReason
  | "wrong_password"
  | "disabled"
  | "credentials_changed"
  | "wrong_second_factor"
  | "rearmed"
  | "name"
  | "enabled"
  | "reset"
  | "email"
  | "email_verified"
  | "export"
  | EmailLinkKind
  | Role;

/** Both tokens of a session, and their user. Nothing else that leaves the rules contains a token. */
export interface IssuedTokens {
  user: User;
  session: StoredSession;
  accessToken: string;
  refreshToken: string;
  /** Seconds until the access token expires. Relative, so that a wrong device clock changes nothing. */
  expiresIn: number;
  /** Seconds until the session ends without a refresh: by idling or absolutely, whichever comes first. */
  refreshExpiresIn: number;
  /** After a login in a browser; see `DeviceTokens`. */
  deviceToken?: string | undefined;
  /** After a login; never after a refresh. */
  stepUp?: IssuedStepUp | undefined;
}

/** A login whose first factor was right, and that waits for the second. No session has begun. */
export interface SecondFactorRequired {
  status: "second_factor_required";
  /** The kinds of credential of which one has to be proven. */
  methods: readonly string[];
  /** The secret of the challenge. A browser gets it as a cookie only. */
  challenge: string;
  delivery: Delivery;
  rememberMe: boolean;
  /** Seconds for which a response is taken. */
  expiresIn: number;
}

/** Where a request comes from: kept for the user's list of sessions. */
export interface ClientInfo {
  userAgent: string | null;
  ipAddress: string | null;
}

export interface SessionStart extends ClientInfo {
  delivery: Delivery;
  rememberMe: boolean;
}

/** The authenticated user and session of a call, as the store has them now. */
export interface Principal {
  user: User;
  session: Session;
  /** The id of the key that signed this access token. */
  kid: string;
  /** Seconds until this access token expires. */
  expiresIn: number;
  /** When this access token expires, in milliseconds since 1970 by the server's clock. */
  accessTokenEndsAt: number;
  /** Seconds until the session ends without a refresh. */
  refreshExpiresIn: number;
}
