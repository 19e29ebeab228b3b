export type { TimelinePage } from "./audit/log.ts";
export { type Auth, type AuthKeys, createAuth } from "./auth.ts";
export { createHousekeeping, type HousekeepingOptions, housekeepingDefaults } from "./cleanup.ts";
export {
  createPasswordHasher,
  type PasswordHasherOptions,
  type ThreadedPasswordHasher,
} from "./credentials/password/bcrypt-hasher.ts";
export type { Pepper } from "./credentials/password/hash-format.ts";
export type { Clock, RandomBytes, Wait } from "./domain/clock.ts";
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
  Credentials,
  Delivery,
  FoundLogin,
  IssuedStepUp,
  MailKind,
  MailLinkKind,
  NewUser,
  Principal,
  RevokedReason,
  Role,
  SessionFacts,
  SessionRecord,
  SessionWithUser,
  TimelineDetail,
  TimelineEvent,
  User,
} from "./domain/model.ts";
export { type AttemptRules, type AttemptScope, type AttemptWindow, type IssuedTokens, roles } from "./domain/model.ts";
export { hashSecret } from "./domain/secrets.ts";
export {
  type AuthSettings,
  authDefaults,
  ConfigError,
  checkSecrets,
  passwordMaxLength,
  registrations,
} from "./domain/settings.ts";
export type { MailDelivery, MailDeliveryOptions } from "./email/delivery.ts";
export type { OwnData } from "./flows/account-data.ts";
export type { PasswordChanged } from "./flows/change-password.ts";
export { canonicalEmail, emailKey } from "./identifiers/account-text.ts";
export { usernameSkeleton } from "./identifiers/skeleton.ts";
export type { AuthOptions } from "./options.ts";
export type { CreateAccountOutcome } from "./ports/account-store.ts";
export type { AppData } from "./ports/app-data.ts";
export type { TimelineEntry, TimelineQuery, TimelineRecord, TimelineStore } from "./ports/audit-store.ts";
export type { HousekeepingStore, Swept } from "./ports/cleanup-store.ts";
export type {
  AddressChange,
  ClaimedMail,
  MailLinkQuery,
  MailLinkRecord,
  MailLinkUse,
  MailOrder,
  MailStore,
  OrderOutcome,
  RegistrationLinkRecord,
} from "./ports/email-store.ts";
export type { SigningKeyStore, StoredKeyRing, StoredSigningKey } from "./ports/key-store.ts";
export type { Mailer, MailMessage } from "./ports/mailer.ts";
export type { PasswordHasher, PasswordVerdict, StoredCosts } from "./ports/password-hasher.ts";
export type { AttemptCounter, Counted, CountedTry } from "./ports/rate-limit-counter.ts";
export type { SessionChange, SessionRoom } from "./ports/session-store.ts";
export type { AuthStore } from "./ports/store.ts";
export { attemptRules } from "./rate-limit/limits.ts";
export { decideRefresh, type RefreshDecision, type SessionLimits } from "./tokens/decide-refresh.ts";
export type { KeyRingState } from "./tokens/key-ring.ts";
export { formatRefreshToken, parseRefreshToken, type RefreshToken } from "./tokens/refresh-token.ts";
