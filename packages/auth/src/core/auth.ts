import { type AuditPage, type AuditPageQuery, createAuditLogReader } from "./audit/log.ts";
import { createDeps } from "./create-deps.ts";
import { ConfigError } from "./domain/config-error.ts";
import type {
  ClientInfo,
  EmailLinkKind,
  IssuedStepUp,
  IssuedTokens,
  Principal,
  StoredSession,
  User,
} from "./domain/model.ts";
import { type AuthSettings, checkSecrets, resolveSettings } from "./domain/settings.ts";
import { createEmailDelivery, type EmailDelivery, type EmailDeliveryOptions } from "./email/delivery.ts";
import { createOwnData, type ListedCredential, type OwnData } from "./flows/account-data.ts";
import { type Admin, createAdmin } from "./flows/admin.ts";
import { createReencryption, type Reencrypted } from "./flows/authentication/reencrypt-credentials.ts";
import { createPasswordChange, type PasswordChanged, type PasswordChangeInput } from "./flows/change-password.ts";
import {
  type BeginSecondFactorInput,
  type CompleteLoginInput,
  createCompleteLogin,
  type PendingLogin,
  type PresentedLogin,
} from "./flows/complete-login.ts";
import { type BeginStepUpInput, type ConfirmInput, createConfirm, type StepUpBegun } from "./flows/confirm.ts";
import { createEmailChange } from "./flows/email-change.ts";
import type { EmailRequestInput } from "./flows/email-request.ts";
import { createLogin, type LoginInput, type LoginResult } from "./flows/login.ts";
import { createLogout, type LogoutInput } from "./flows/logout.ts";
import { createNameChange, type NameChangeInput } from "./flows/profile.ts";
import { createRecovery } from "./flows/recovery.ts";
import { createRefresh, createRefreshJudge, type RefreshInput } from "./flows/refresh.ts";
import { type CompleteRegistrationInput, createRegistration, type RegisterInput } from "./flows/register.ts";
import { createAccess, type RequireRoleInput } from "./flows/require-role.ts";
import { createSessionEnding, createSessionList } from "./flows/sessions.ts";
import { type ConfirmPasswordInput, createStepUp, type RequireStepUpInput } from "./flows/step-up.ts";
import { createRecheck, createVerify, type Verify } from "./flows/verify.ts";
import type { AuthOptions } from "./options.ts";
import { createAccessTokens } from "./tokens/access-token.ts";
import { createKeyRing, type KeyRing } from "./tokens/key-ring.ts";
import { keyScheduleOf } from "./tokens/key-schedule.ts";
import { createTokenIssuer } from "./tokens/token-issuer.ts";

/** The rules of Watchword, without a transport. Every method may throw `temporarily_unavailable`. */
export interface Auth {
  /**
   * Creates an account and logs it in. Rejected where registration is by email.
   *
   * @throws {AuthError} `validation_failed` | `password_unacceptable` | `username_taken` | `email_taken` | `rate_limited` |
   *   `registration_by_mail`
   */
  register(input: RegisterInput): Promise<IssuedTokens>;
  /**
   * Sends a registration link to an address, or a notice that it has an account. The output and the time are the same for every
   * address (fault case P14).
   *
   * @throws {AuthError} `validation_failed` for what is no address | `rate_limited`
   */
  requestRegistration(request: EmailRequestInput): Promise<void>;
  /**
   * Creates an account with the address that the link was sent to, and logs it in.
   *
   * @throws {AuthError} `mail_link_invalid`, or as `register`: then the link is still valid
   */
  completeRegistration(input: CompleteRegistrationInput): Promise<IssuedTokens>;
  /** The address that a valid registration link was sent to. Consumes nothing. */
  findRegistrationLinkEmail(link: string): Promise<{ email: string } | undefined>;
  /**
   * Checks a username or email and a password, and begins a session; or, for an account with a second factor, a challenge for
   * that.
   *
   * @throws {AuthError} `validation_failed` | `invalid_credentials` | `account_disabled` | `rate_limited` |
   *   `temporarily_unavailable` also for an account with a kind of credential that this version does not know
   */
  login(input: LoginInput): Promise<LoginResult>;
  /**
   * What may be answered to the challenge of a login. Takes no try.
   *
   * @throws {AuthError} `challenge_invalid`
   */
  findPendingLogin(presented: PresentedLogin): Promise<PendingLogin>;
  /**
   * Draws what a device has to respond to, for the kinds that need it; for others `options` is empty.
   *
   * @throws {AuthError} `challenge_invalid` | `validation_failed` for another method than those of the login
   */
  beginSecondFactor(input: BeginSecondFactorInput): Promise<{ options: Readonly<Record<string, unknown>> }>;
  /**
   * Checks the response for a second factor, and begins the session of the login. Consumes the challenge.
   *
   * @throws {AuthError} `challenge_invalid` | `validation_failed` | `invalid_credentials` | `rate_limited`
   */
  completeLogin(input: CompleteLoginInput): Promise<IssuedTokens>;
  /**
   * Consumes a refresh token and issues new tokens; see `decideRefresh` for the rule.
   *
   * @throws {AuthError} `refresh_token_invalid` | `refresh_token_reused` | `session_expired` | `session_revoked` |
   *   `account_disabled`
   */
  refresh(input: RefreshInput): Promise<IssuedTokens>;
  /** Whether a refresh with that token is rejected for good. One read; changes nothing. */
  isRefreshDead(presented: Pick<RefreshInput, "refreshToken" | "delivery">): Promise<boolean>;
  /** Revokes the sessions of the given tokens. Idempotent. */
  logout(input: LogoutInput): Promise<void>;
  /**
   * Revokes every session of a user, the calling one too: for that one the reason is a logout. Returns how many.
   */
  logoutEverywhere(userId: string, askingSessionId?: string): Promise<number>;
  /** Revokes one session of the user, on any device (ASVS 7.5.2). False when they have none with that id. */
  endSession(principal: Pick<Principal, "user">, sessionId: string): Promise<boolean>;
  /** Revokes every session of the user but the calling one (ASVS 7.4.3). Returns how many. */
  endOtherSessions(principal: Pick<Principal, "user" | "session">): Promise<number>;
  /**
   * Authenticates an access token. One read by key; a session that is over is rejected at once (ASVS 7.4.1).
   *
   * @throws {AuthError} `access_token_invalid` | `access_token_expired` | `session_revoked` | `session_expired` |
   *   `refresh_token_reused` (the session has ended for that) | `account_disabled`
   */
  verify: Verify;
  /**
   * Repeats the checks of `verify`, for responses that stay open, such as streams. One read by key.
   *
   * @throws {AuthError} `access_token_expired` | `session_revoked` | `session_expired` | `account_disabled`
   */
  recheck(principal: Principal): Promise<void>;
  /** A user's sessions that are not over, the one used last first (ASVS 7.5.2). */
  listSessions(userId: string): Promise<StoredSession[]>;
  /** A user's credentials, the oldest first, without what they prove anything by. */
  listCredentials(userId: string): Promise<ListedCredential[]>;
  /** The audit log of a user, the newest entry first, a page at a time. */
  listAuditEntries(userId: string, query?: AuditPageQuery): Promise<AuditPage>;
  /**
   * Changes the password of a logged-in user, and revokes all their other sessions. Issues a new step-up secret; given the
   * session's current refresh token, new tokens as well.
   *
   * @throws {AuthError} `invalid_credentials` | `password_unacceptable` | `session_revoked` | `rate_limited`
   */
  changePassword(input: PasswordChangeInput): Promise<PasswordChanged>;
  /**
   * Accepts a device with the step-up secret of the session, given within `stepUpMaxAgeSeconds` by what `decideAssurance` demands
   * for the purpose. One read by key.
   *
   * @throws {AuthError} `reauthentication_required`
   */
  requireStepUp(input: RequireStepUpInput): Promise<void>;
  /**
   * Accepts a user with one of the roles, and emits an event for every other (ASVS 16.3.2).
   *
   * @throws {AuthError} `forbidden`
   */
  requireRole(input: RequireRoleInput): void;
  /**
   * Checks the password again, for calls that need a step-up. Counts only for the calling session and the device with the returned
   * step-up secret; the one before is invalid.
   *
   * @throws {AuthError} `invalid_credentials` | `session_revoked` | `session_expired` | `account_disabled` | `rate_limited`
   */
  confirmPassword(input: ConfirmPasswordInput): Promise<IssuedStepUp>;
  /**
   * Begins a step-up by another kind of credential.
   *
   * @throws {AuthError} `validation_failed` for a method that the account does not use
   */
  beginStepUp(input: BeginStepUpInput): Promise<StepUpBegun>;
  /**
   * Checks a response for a step-up: as `confirmPassword`, for any other kind of credential of the account.
   *
   * @throws {AuthError} `challenge_invalid` | `validation_failed` | `invalid_credentials` | `session_revoked` |
   *   `session_expired` | `account_disabled` | `rate_limited`
   */
  confirm(input: ConfirmInput): Promise<IssuedStepUp>;
  /**
   * Changes the name of a logged-in user. Returns it as it is stored.
   *
   * @throws {AuthError} `validation_failed` | `account_disabled`
   */
  changeName(input: NameChangeInput): Promise<string>;
  /**
   * Sends a link for a new password to the address of an account. The output and the time are the same for every address
   * (fault case P14).
   *
   * @throws {AuthError} `validation_failed` for what is no address | `rate_limited`
   */
  requestPasswordReset(request: EmailRequestInput): Promise<void>;
  /**
   * Sets a new password by the link of an email, or the first one by that of an invitation. Revokes every session and every other link of the account; the user logs in
   * with the new password.
   *
   * @throws {AuthError} `mail_link_invalid` | `password_unacceptable`: then the link is still valid
   */
  resetPassword(input: { link: string; newPassword: string; client?: ClientInfo }): Promise<void>;
  /**
   * Sends a link that verifies the user's address. Does nothing when it is verified.
   *
   * @throws {AuthError} `rate_limited`
   */
  requestEmailVerification(input: PrincipalInput): Promise<void>;
  /**
   * Sends a link to the new address, which takes effect when the user opens it, and a notice to the present one. Require a
   * step-up first.
   *
   * @throws {AuthError} `validation_failed` | `rate_limited`
   */
  changeEmail(input: PrincipalInput & { email: string }): Promise<void>;
  /**
   * Consumes a link that verifies or changes an address.
   *
   * @throws {AuthError} `mail_link_invalid`
   */
  verifyEmail(input: { link: string; client?: ClientInfo }): Promise<{ email: string; changed: boolean }>;
  /** The owner of a valid link. Consumes nothing: for the page that asks for confirmation. */
  findLinkOwner(input: { link: string; kind: EmailLinkKind }): Promise<User | undefined>;
  /** All data about a user. Require a step-up first. */
  exportData(input: PrincipalInput): Promise<OwnData>;
  /**
   * Deletes the user, their sessions, and the data of the app about them. Require a step-up first.
   *
   * @throws {AuthError} `last_admin`
   */
  deleteAccount(input: PrincipalInput): Promise<void>;
  /** Encrypts what an older secret encrypted of the credentials under the first secret. For each round of the cleanup. */
  reencryptCredentials(): Promise<Reencrypted>;
  /** Sends the emails of the outbox; start it once in each process. */
  deliverEmails(options: EmailDeliveryOptions): EmailDelivery;
  /** The actions of administrators on other accounts. The caller must check the role (`requireRole`). */
  readonly admin: Admin;
  /** The keys that access tokens are signed with. */
  readonly keys: AuthKeys;
  readonly settings: AuthSettings;
  /** The access tokens' `iss` and `aud`. */
  readonly issuer: string;
  /** Milliseconds since 1970, by the clock of the rules. */
  now(): number;
}

interface PrincipalInput {
  principal: Pick<Principal, "user" | "session">;
  /** Where the request came from, where that is known: for the email and the audit log. */
  client?: ClientInfo;
}

/** See `KeyRing`. For the operator and for `jwks.json`. */
export type AuthKeys = Pick<KeyRing, "rotateIfDue" | "revokeAndReplace" | "list">;

/**
 * Composes the rules from a store, a hasher, a clock and a source of randomness. Read this first: each line below names the
 * file of a rule.
 *
 * @throws {ConfigError} when a setting or a secret cannot be right
 */
export function createAuth(options: AuthOptions): Auth {
  checkSecrets(options.secrets);
  if (!URL.canParse(options.issuer))
    throw new ConfigError("issuer: give the app's origin, such as https://example.com");
  const settings = resolveSettings(options);
  const keys = createKeyRing({ ...options, schedule: keyScheduleOf(settings) });
  const accessTokens = createAccessTokens({ keys, issuer: options.issuer });
  const deps = createDeps(options, settings);
  const issuer = createTokenIssuer(deps, accessTokens);

  return {
    ...createRegistration(deps, issuer),
    login: createLogin(deps, issuer),
    ...createCompleteLogin(deps, issuer),
    refresh: createRefresh(deps, issuer),
    isRefreshDead: createRefreshJudge(deps),
    logout: createLogout(deps, accessTokens),
    verify: createVerify(deps, accessTokens),
    recheck: createRecheck(deps, accessTokens),
    listSessions: createSessionList(deps),
    listAuditEntries: createAuditLogReader(deps),
    changePassword: createPasswordChange(deps, issuer),
    changeName: createNameChange(deps),
    ...createAccess(deps),
    ...createStepUp(deps),
    ...createConfirm(deps),
    ...createSessionEnding(deps),
    ...createRecovery(deps),
    ...createEmailChange(deps),
    ...createOwnData(deps),
    reencryptCredentials: createReencryption(deps),
    deliverEmails: createEmailDelivery(deps),
    admin: createAdmin(deps),
    keys: { rotateIfDue: keys.rotateIfDue, revokeAndReplace: keys.revokeAndReplace, list: keys.list },
    settings,
    issuer: options.issuer,
    now: () => deps.clock.now(),
  };
}
