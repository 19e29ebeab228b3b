/** Addresses that are counted together, because one person may have all of them. */
export interface IpNetwork {
  name: string;
  /** By how much more is let through from it than from one place: others may be in it, too. */
  factor: number;
}

/** How many tries of one kind are let through in a window of time that begins with the first of them. */
export interface RateLimitWindow {
  tries: number;
  perSeconds: number;
}

/**
 * Whose tries are counted together. A short window makes somebody who mistypes wait for seconds; the long one slows down
 * whoever goes on. Both end by themselves: nobody is ever locked out, least of all by somebody else (ASVS 6.3.1, 6.3.5).
 */
export interface RateLimitRules {
  /** Wrong passwords for one account from one address. */
  pair: readonly RateLimitWindow[];
  /** Wrong passwords for one account from a device that has logged in to it before, wherever that is now. */
  device: readonly RateLimitWindow[];
  /** Wrong passwords for one account from all the devices that never have, together. */
  account: readonly RateLimitWindow[];
  /** Wrong passwords from one address, whatever the account. */
  address: readonly RateLimitWindow[];
  /** New accounts from one address. */
  registration: readonly RateLimitWindow[];
  /** Mails that somebody who is not logged in asks for, from one address, to whatever inbox. */
  mail: readonly RateLimitWindow[];
  /** Wrong passwords in one session, where it asks for the password again. */
  proof: readonly RateLimitWindow[];
  /** The same in all sessions of one user together. More than one session has, so that no single one can use it up. */
  userProof: readonly RateLimitWindow[];
}

export type RateLimitScope = keyof RateLimitRules;

/** One thing to be counted: the tries of somebody, under one scope. */
export interface RateLimitKey {
  scope: RateLimitScope;
  /** Says nothing about whom it belongs to: a hash. */
  id: string;
  /** How many times what the rule says is let through; see `IpNetwork`. */
  factor: number;
}

/** What a link in a mail is good for. */
export type EmailLinkKind = (typeof mailLinkKinds)[number];

const mailLinkKinds = ["verify_email", "reset_password", "change_email"] as const;

/** Whether a mail of this kind carries a link. */
export function isEmailLinkKind(kind: string): kind is EmailLinkKind {
  return (mailLinkKinds as readonly string[]).includes(kind);
}

/** The links that there are: those of users, and the one with which an account begins. */
export type AnyLinkKind = EmailLinkKind | "register";

/** Between which instants the end of a link must lie that is good now, in milliseconds since 1970. */
export interface LinkEnds {
  /** It ends later than this. */
  endsAfter: number;
  /** It ends no later than this. */
  endsBy: number;
}

/** The mails that there are. Those of the first two rows carry a link. */
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

/** A step-up secret as it is handed out: by the password, to the device that gave it, and to nothing else. */
export interface IssuedStepUp {
  token: string;
  /** Seconds until it is too old. */
  expiresIn: number;
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
  /** When the password was last given. It informs, and decides nothing: see `StoredSession.stepUpHash`. */
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
export interface StoredSession extends Session {
  familyHash: Uint8Array;
  nextHash: Uint8Array;
  lastUsedHash: Uint8Array | null;
  salt: Uint8Array;
  /** Of the step-up secret that the device got which gave the password last; null where none was issued. */
  stepUpHash: Uint8Array | null;
  /** When that was. */
  stepUpAt: number | null;
}

export interface StoredSessionWithUser {
  session: StoredSession;
  user: User;
}

export interface SessionWithUser {
  session: Session;
  user: User;
  /** Another number than before means that the signing keys have changed; see `SigningKeyStore`. */
  keyRingVersion: number;
}

/** After OWASP's Logging Vocabulary, so that whoever reads logs of many systems need not learn ours. */
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
  | "rearmed"
  | "name"
  | "enabled"
  | "reset"
  | "email"
  | "email_verified"
  | "export"
  | EmailLinkKind
  | Role;

/** Both tokens of a session, and whose they are. The only thing that ever leaves the rules with a token in it. */
export interface IssuedTokens {
  user: User;
  session: StoredSession;
  accessToken: string;
  refreshToken: string;
  /** Seconds until the access token runs out. Relative, so that a wrong device clock changes nothing. */
  expiresIn: number;
  /** Seconds until the session ends if nobody refreshes it: by idling or for good, whichever comes first. */
  refreshExpiresIn: number;
  /** After a password was given in a browser; see `DeviceTokens`. */
  deviceToken?: string | undefined;
  /** After a password was given; never after a refresh. */
  stepUp?: IssuedStepUp | undefined;
}

/** Where somebody comes from: kept for the list of one's sessions. */
export interface ClientInfo {
  userAgent: string | null;
  ipAddress: string | null;
}

export interface SessionStart extends ClientInfo {
  delivery: Delivery;
  rememberMe: boolean;
}

/** Who is asking, as the store has them now. */
export interface Principal {
  user: User;
  session: Session;
  /** The id of the key that signed this access token. */
  kid: string;
  /** Seconds until this access token runs out. */
  expiresIn: number;
  /** When this access token runs out, in milliseconds since 1970 by the server's clock. */
  accessTokenEndsAt: number;
  /** Seconds until the session ends if nobody refreshes it. */
  refreshExpiresIn: number;
}
