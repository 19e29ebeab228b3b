import { type AuditPage, type AuditPageQuery, createAuditLogReader, createAuditRecorder } from "./audit/log.ts";
import { createEqualWork } from "./credentials/password/equal-work.ts";
import type { AuthEvent } from "./domain/events.ts";
import type {
  ClientInfo,
  EmailLinkKind,
  IssuedStepUp,
  IssuedTokens,
  Principal,
  StoredSession,
  User,
} from "./domain/model.ts";
import { type AuthSettings, ConfigError, checkSecrets, resolveSettings } from "./domain/settings.ts";
import { createEmailDelivery, type EmailDelivery, type EmailDeliveryOptions } from "./email/delivery.ts";
import { createEmailSender } from "./email/outbox.ts";
import { createOwnData, type OwnData } from "./flows/account-data.ts";
import { type Admin, createAdmin } from "./flows/admin.ts";
import { createPasswordChange, type PasswordChanged, type PasswordChangeInput } from "./flows/change-password.ts";
import type { AuthDeps } from "./flows/deps.ts";
import type { EmailRequestInput } from "./flows/email-request.ts";
import { createLogin, type LoginInput } from "./flows/login.ts";
import { createLogout, type LogoutInput } from "./flows/logout.ts";
import { createNameChange, type NameChangeInput } from "./flows/profile.ts";
import { createRecovery } from "./flows/recovery.ts";
import { createRefresh, createRefreshJudge, type RefreshInput } from "./flows/refresh.ts";
import { type CompleteRegistrationInput, createRegistration, type RegisterInput } from "./flows/register.ts";
import { createAccess, type RequireRoleInput } from "./flows/require-role.ts";
import { createSessionList } from "./flows/session-list.ts";
import { createSessionEnding } from "./flows/sessions.ts";
import { type ConfirmPasswordInput, createStepUp, type RequireStepUpInput } from "./flows/step-up.ts";
import { createRecheck, createVerify } from "./flows/verify.ts";
import type { AuthOptions } from "./options.ts";
import { createDeviceTokens } from "./rate-limit/device-token.ts";
import { createInFlightLimit } from "./rate-limit/in-flight-limit.ts";
import { createRateLimiter } from "./rate-limit/limiter.ts";
import { createOneAtATime } from "./rate-limit/one-at-a-time.ts";
import { createAccessTokens } from "./tokens/access-token.ts";
import { createKeyRing, type KeyRing } from "./tokens/key-ring.ts";
import { keyScheduleOf } from "./tokens/key-schedule.ts";
import { createTokenIssuer } from "./tokens/token-issuer.ts";

/** The rules of Watchword, ready to be put on a wire. Every method may throw `temporarily_unavailable`. */
export interface Auth {
  /**
   * Makes an account and logs it in. Closed where accounts begin by mail.
   *
   * @throws {AuthError} `validation_failed` | `password_unacceptable` | `username_taken` | `email_taken` | `rate_limited` |
   *   `registration_by_mail`
   */
  register(input: RegisterInput): Promise<IssuedTokens>;
  /**
   * Sends a link to an address with which an account is made, or tells its owner that they have one. The answer, and the time
   * it takes, are the same for every address (fault case P14).
   *
   * @throws {AuthError} `validation_failed` for what is no address | `rate_limited`
   */
  requestRegistration(request: EmailRequestInput): Promise<void>;
  /**
   * Makes an account with the address that the link was sent to, and logs it in.
   *
   * @throws {AuthError} `mail_link_invalid`, or as `register`: then the link is still good
   */
  completeRegistration(input: CompleteRegistrationInput): Promise<IssuedTokens>;
  /** The address that such a link was sent to, as long as it is good. Consumes nothing. */
  findRegistrationLinkEmail(link: string): Promise<{ email: string } | undefined>;
  /**
   * Checks a username or email and a password, and begins a session.
   *
   * @throws {AuthError} `validation_failed` | `invalid_credentials` | `account_disabled` | `rate_limited`
   */
  login(input: LoginInput): Promise<IssuedTokens>;
  /**
   * Spends a refresh token and issues the next pair; see `decideRefresh` for the rule.
   *
   * @throws {AuthError} `refresh_token_invalid` | `refresh_token_reused` | `session_expired` | `session_revoked` |
   *   `account_disabled`
   */
  refresh(input: RefreshInput): Promise<IssuedTokens>;
  /** Whether a refresh with that token is refused for good. One read; changes nothing. */
  isRefreshDead(presented: Pick<RefreshInput, "refreshToken" | "delivery">): Promise<boolean>;
  /** Ends the sessions that the given tokens belong to. Returns also when there was nothing left to end. */
  logout(input: LogoutInput): Promise<void>;
  /**
   * Ends every session of a user, the one that asks too: to that one it is its own logout, to the others somebody else's act.
   * Returns how many there were.
   */
  logoutEverywhere(userId: string, askingSessionId?: string): Promise<number>;
  /** Ends one session of the user who asks, on whatever device (ASVS 7.5.2). False when they have none with that id. */
  endSession(principal: Pick<Principal, "user">, sessionId: string): Promise<boolean>;
  /** Ends every session of the user but the one that asks (ASVS 7.4.3). Returns how many there were. */
  endOtherSessions(principal: Pick<Principal, "user" | "session">): Promise<number>;
  /**
   * Says who an access token belongs to. One read by key; a session that has ended is refused at once (ASVS 7.4.1).
   *
   * @throws {AuthError} `access_token_invalid` | `access_token_expired` | `session_revoked` | `session_expired` |
   *   `refresh_token_reused` (the session has ended for that) | `account_disabled`
   */
  verify(accessToken: string): Promise<Principal>;
  /**
   * Says whether what `verify` said still holds: for answers that last, such as streams. One read by key.
   *
   * @throws {AuthError} `access_token_expired` | `session_revoked` | `session_expired` | `account_disabled`
   */
  recheck(principal: Principal): Promise<void>;
  /** A user's sessions that are alive, the one used last first (ASVS 7.5.2). */
  listSessions(userId: string): Promise<StoredSession[]>;
  /** What happened to a user and their sessions, the newest first, a page at a time. */
  listAuditEntries(userId: string, query?: AuditPageQuery): Promise<AuditPage>;
  /**
   * Replaces the password of a logged-in user, and ends all their other sessions. Issues a new step-up secret; given the
   * session's current refresh token, a new pair of tokens as well.
   *
   * @throws {AuthError} `invalid_credentials` | `password_unacceptable` | `session_revoked` | `rate_limited`
   */
  changePassword(input: PasswordChangeInput): Promise<PasswordChanged>;
  /**
   * Lets through a device whose step-up secret is the session's, and was issued within `stepUpMaxAgeSeconds`. One read by key.
   *
   * @throws {AuthError} `reauthentication_required`
   */
  requireStepUp(input: RequireStepUpInput): Promise<void>;
  /**
   * Lets through who has one of the roles, and tells of everybody else (ASVS 16.3.2).
   *
   * @throws {AuthError} `forbidden`
   */
  requireRole(input: RequireRoleInput): void;
  /**
   * Takes the password again, for what needs fresh proof. Counts for the session that asks alone, and for whoever holds the
   * step-up secret that it returns; the one of before is dead.
   *
   * @throws {AuthError} `invalid_credentials` | `session_revoked` | `session_expired` | `account_disabled` | `rate_limited`
   */
  confirmPassword(input: ConfirmPasswordInput): Promise<IssuedStepUp>;
  /**
   * Changes the name of a logged-in user. Returns it as it is kept.
   *
   * @throws {AuthError} `validation_failed` | `account_disabled`
   */
  changeName(input: NameChangeInput): Promise<string>;
  /**
   * Sends a link for a new password to an address, if it is an account's. The answer, and the time it takes, are the same
   * for every address (fault case P14).
   *
   * @throws {AuthError} `validation_failed` for what is no address | `rate_limited`
   */
  requestPasswordReset(request: EmailRequestInput): Promise<void>;
  /**
   * Sets a new password by the link of a mail. Every session of the account ends, and every other link with it; the person
   * logs in with the new password.
   *
   * @throws {AuthError} `mail_link_invalid` | `password_unacceptable`: then the link is still good
   */
  resetPassword(input: { link: string; newPassword: string; client?: ClientInfo }): Promise<void>;
  /**
   * Sends a link to the user's address that shows it to be theirs. Does nothing when that is known.
   *
   * @throws {AuthError} `rate_limited`
   */
  requestEmailVerification(input: AskedBy): Promise<void>;
  /**
   * Sends a link to the address to come, which takes effect when it is used, and tells the present one at once. Ask for fresh
   * proof first.
   *
   * @throws {AuthError} `validation_failed` | `rate_limited`
   */
  changeEmail(input: AskedBy & { email: string }): Promise<void>;
  /**
   * Uses the link of a mail that shows an address to be somebody's, or makes it theirs.
   *
   * @throws {AuthError} `mail_link_invalid`
   */
  verifyEmail(input: { link: string; client?: ClientInfo }): Promise<{ email: string; changed: boolean }>;
  /** Whose link that is, as long as it is good. Consumes nothing: for the page that asks what to do with it. */
  findLinkOwner(input: { link: string; kind: EmailLinkKind }): Promise<User | undefined>;
  /** Everything that is kept of a user. Ask for fresh proof first. */
  exportData(input: AskedBy): Promise<OwnData>;
  /**
   * Removes the user, their sessions, and what the app keeps of them. Ask for fresh proof first.
   *
   * @throws {AuthError} `last_admin`
   */
  deleteAccount(input: AskedBy): Promise<void>;
  /** What sends the mails that wait; begin it once for each process. */
  deliverEmails(options: EmailDeliveryOptions): EmailDelivery;
  /** What administrators do about other people's accounts. Who may, is for the caller to ask (`requireRole`). */
  readonly admin: Admin;
  /** The keys that access tokens are signed with. */
  readonly keys: AuthKeys;
  readonly settings: AuthSettings;
  /** The access tokens' `iss` and `aud`. */
  readonly issuer: string;
  /** Milliseconds since 1970, by the clock that the rules go by. */
  now(): number;
}

interface AskedBy {
  principal: Pick<Principal, "user" | "session">;
  /** Where it came from, where that is known: for the mail and the timeline. */
  client?: ClientInfo;
}

/** See `KeyRing`. All of it is for the installation's operator and the outside world, nothing for the people who log in. */
export type AuthKeys = Pick<KeyRing, "rotateIfDue" | "revokeAndReplace" | "list">;

/**
 * Puts the rules together from a store, a hasher, a clock and a source of randomness. Read this first: each line below
 * names the file where that rule lives.
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
  const announce = (event: AuthEvent): void => {
    try {
      options.onEvent?.(event);
    } catch {
      // A log that cannot be written must not decide whether somebody may log in.
    }
  };
  const record = createAuditRecorder(options, announce);
  const deps: AuthDeps = {
    store: options.store,
    passwords: createEqualWork(options),
    clock: options.clock,
    randomBytes: options.randomBytes,
    appData: options.appData,
    settings,
    passwordPolicy: {
      minLength: settings.passwordMinLength,
      siteWords: siteWordsOf(options.issuer),
      isLeaked: options.isLeakedPassword,
    },
    limits: {
      idleMs: settings.refreshIdleSeconds * 1000,
      retryWindowMs: settings.retryWindowSeconds * 1000,
      reissueWindowMs: settings.reissueWindowSeconds * 1000,
      notBefore: settings.sessionsNotBefore,
    },
    rateLimiter: createRateLimiter({ counter: options.rateLimitCounter, rules: options.rateLimitRules }),
    devices: options.rateLimitCounter && createDeviceTokens(options.secrets, options.randomBytes),
    limitInFlight: createInFlightLimit(options.rateLimitCounter ? undefined : Number.POSITIVE_INFINITY),
    oneAtATime: createOneAtATime(),
    emit: (event, client) => {
      announce(event);
      record(event, client);
    },
    sendEmail: createEmailSender({ ...options, settings }, announce),
  };
  const issuer = createTokenIssuer(deps, accessTokens);

  return {
    ...createRegistration(deps, issuer),
    login: createLogin(deps, issuer),
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
    ...createSessionEnding(deps),
    ...createRecovery(deps),
    ...createOwnData(deps),
    deliverEmails: createEmailDelivery(deps),
    admin: createAdmin(deps),
    keys: { rotateIfDue: keys.rotateIfDue, revokeAndReplace: keys.revokeAndReplace, list: keys.list },
    settings,
    issuer: options.issuer,
    now: () => deps.clock.now(),
  };
}

/** Without what every address has: "login.example.org" is about "example", and "localhost" about nobody. */
function siteWordsOf(issuer: string): string[] {
  const common = new Set(["www", "app", "login", "auth", "localhost", "com", "org", "net"]);
  return new URL(issuer).hostname.split(".").filter((label) => label.length > 3 && !common.has(label));
}
