export { canonicalEmail, emailKey } from "./account-text.ts";
export type { AttemptCounter, Counted, CountedTry } from "./attempt-limits.ts";
export { type AttemptRules, type AttemptScope, type AttemptWindow, attemptRules } from "./attempt-rules.ts";
export { type Auth, type AuthKeys, createAuth } from "./auth.ts";
export type { Clock, RandomBytes, Wait } from "./clock.ts";
export {
  type AuthOptions,
  type AuthSettings,
  authDefaults,
  ConfigError,
  checkSecrets,
  passwordMaxLength,
  registrations,
} from "./config.ts";
export {
  AuthError,
  type AuthErrorCode,
  type AuthErrorReason,
  authErrorReasons,
  type FieldErrors,
  terminalReasons,
} from "./errors.ts";
export type { AuthEvent, AuthEventListener } from "./events.ts";
export {
  createHousekeeping,
  type HousekeepingOptions,
  type HousekeepingStore,
  housekeepingDefaults,
  type Swept,
} from "./housekeeping.ts";
export type { KeyRingState } from "./key-ring.ts";
export type { SigningKeyStore, StoredKeyRing, StoredSigningKey } from "./key-store.ts";
export { usernameSkeleton } from "./look-alike.ts";
export type { MailDelivery, MailDeliveryOptions, Mailer } from "./mail-delivery.ts";
export type { MailLinkKind } from "./mail-link.ts";
export type { MailMessage } from "./mail-message.ts";
export type {
  AddressChange,
  ClaimedMail,
  MailKind,
  MailLinkQuery,
  MailLinkRecord,
  MailLinkUse,
  MailOrder,
  MailStore,
  OrderOutcome,
  RegistrationLinkRecord,
} from "./mail-store.ts";
export type { AppData, OwnData } from "./own-data.ts";
export { createPasswordHasher, type PasswordHasherOptions, type ThreadedPasswordHasher } from "./password.ts";
export type { PasswordHasher, PasswordVerdict, StoredCosts } from "./password-hasher.ts";
export { formatRefreshToken, hashSecret, parseRefreshToken, type RefreshToken } from "./refresh-token.ts";
export { decideRefresh, type RefreshDecision, type SessionLimits } from "./session.ts";
export type { IssuedStepUp } from "./step-up.ts";
export type {
  AuthStore,
  CreateAccountOutcome,
  Credentials,
  Delivery,
  FoundLogin,
  NewUser,
  RevokedReason,
  Role,
  SessionChange,
  SessionFacts,
  SessionRecord,
  SessionRoom,
  SessionWithUser,
  User,
} from "./store.ts";
export { roles } from "./store.ts";
export type { Pepper } from "./stored-password.ts";
export type {
  TimelineDetail,
  TimelineEntry,
  TimelineEvent,
  TimelinePage,
  TimelineQuery,
  TimelineRecord,
  TimelineStore,
} from "./timeline.ts";
export { type IssuedTokens, newId } from "./token-issuer.ts";
export type { Principal } from "./verify.ts";
