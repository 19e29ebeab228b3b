export type { AuditPage } from "./audit/log.ts";
export { type Auth, type AuthKeys, createAuth } from "./auth.ts";
export { type CleanupOptions, cleanupDefaults, createCleanup } from "./cleanup.ts";
export {
  createPasswordHasher,
  type PasswordHasherOptions,
  passwordHasherDefaults,
  type ThreadedPasswordHasher,
} from "./credentials/password/bcrypt-hasher.ts";
export type { Pepper } from "./credentials/password/hash-format.ts";
export type { Clock, Delay, RandomBytes } from "./domain/clock.ts";
export { ConfigError } from "./domain/config-error.ts";
export type { Challenge, ChallengePurpose, Credential, ProvenMethod } from "./domain/credential.ts";
export {
  AuthError,
  type AuthErrorCode,
  type AuthErrorReason,
  authErrorReasons,
  type FieldErrors,
  terminalReasons,
} from "./domain/errors.ts";
export type { AuthEvent, AuthEventListener } from "./domain/events.ts";
export { newId } from "./domain/ids.ts";
export type {
  AuditDetail,
  AuditEvent,
  Credentials,
  Delivery,
  EmailKind,
  EmailLinkKind,
  IssuedStepUp,
  NewUser,
  Principal,
  RevokedReason,
  Role,
  SecondFactorRequired,
  Session,
  SessionWithUser,
  StoredSession,
  StoredSessionWithUser,
  User,
} from "./domain/model.ts";
export { emailLinkKinds, type IssuedTokens, roles } from "./domain/model.ts";
export { createRandomStock } from "./domain/random-stock.ts";
export type { RateLimitRules, RateLimitScope, RateLimitWindow } from "./domain/rate-limit.ts";
export { hashSecret } from "./domain/secrets.ts";
export {
  type AuthSettings,
  authDefaults,
  checkSecrets,
  passwordMaxLength,
  registrations,
} from "./domain/settings.ts";
export type { EmailDelivery, EmailDeliveryOptions } from "./email/delivery.ts";
export type { ListedCredential, OwnData } from "./flows/account-data.ts";
export type { PasswordChanged } from "./flows/change-password.ts";
export type { PendingLogin } from "./flows/complete-login.ts";
export type { StepUpBegun } from "./flows/confirm.ts";
export type { AssurancePurpose } from "./flows/decide-assurance.ts";
export type { LoginResult } from "./flows/login.ts";
export { canonicalEmail, emailKey } from "./identifiers/email.ts";
export { usernameSkeleton } from "./identifiers/skeleton.ts";
export type { AuthOptions } from "./options.ts";
export type { AccountStore, CreateAccountOutcome } from "./ports/account-store.ts";
export type { AppData } from "./ports/app-data.ts";
export type { AuditEntry, AuditQuery, AuditStore, StoredAuditEntry } from "./ports/audit-store.ts";
export type { ChallengeKey, ChallengeQuota, ChallengeStore } from "./ports/challenge-store.ts";
export type { CleanupResult, CleanupStore } from "./ports/cleanup-store.ts";
export type {
  Begun,
  CredentialKind,
  CredentialUseKind,
  ProvenCredential,
  SecretCredential,
} from "./ports/credential-kind.ts";
export type { CredentialStore } from "./ports/credential-store.ts";
export type {
  AddressChange,
  ClaimedEmail,
  EmailLink,
  EmailLinkQuery,
  EmailLinkUse,
  EmailStore,
  EnqueueOutcome,
  OutboxEmail,
  RegistrationLink,
} from "./ports/email-store.ts";
export type { SigningKeyStore, StoredKeyRing, StoredSigningKey } from "./ports/key-store.ts";
export type { EmailMessage, Mailer } from "./ports/mailer.ts";
export type { PasswordHasher, PasswordVerdict, StoredCosts } from "./ports/password-hasher.ts";
export type { Counted, CountedTry, RateLimitCounter } from "./ports/rate-limit-counter.ts";
export type { CredentialUse, Evidence, SessionQuota, SessionRotation, SessionStore } from "./ports/session-store.ts";
export type { AuthStore } from "./ports/store.ts";
export { rateLimitRules } from "./rate-limit/limits.ts";
export { decideRefresh, type RefreshDecision, type SessionLimits } from "./tokens/decide-refresh.ts";
export type { KeyRingState } from "./tokens/key-ring.ts";
export { formatRefreshToken, parseRefreshToken, type RefreshToken } from "./tokens/refresh-token.ts";
