import type { CredentialKinds } from "../credentials/kinds.ts";
import type { PasswordPolicy } from "../credentials/password/policy.ts";
import type { SecretData } from "../credentials/secret-data.ts";
import type { Clock, RandomBytes } from "../domain/clock.ts";
import type { AuthEvent } from "../domain/events.ts";
import type { ClientInfo } from "../domain/model.ts";
import type { AuthSettings } from "../domain/settings.ts";
import type { EmailRequest } from "../email/outbox.ts";
import type { AppData } from "../ports/app-data.ts";
import type { PasswordHasher } from "../ports/password-hasher.ts";
import type { AuthStore } from "../ports/store.ts";
import type { DeviceTokens } from "../rate-limit/device-token.ts";
import type { createInFlightLimit } from "../rate-limit/in-flight-limit.ts";
import type { RateLimiter } from "../rate-limit/limiter.ts";
import type { createOneAtATime } from "../rate-limit/one-at-a-time.ts";
import type { SessionLimits } from "../tokens/decide-refresh.ts";

/** The dependencies of the flows. Each takes the few that it names. */
export interface AuthDeps {
  store: AuthStore;
  passwords: PasswordHasher;
  credentialKinds: CredentialKinds;
  secretData: SecretData;
  clock: Clock;
  randomBytes: RandomBytes;
  appData: AppData | undefined;
  settings: AuthSettings;
  limits: SessionLimits;
  /** What new passwords are checked against, beside the names of their user. */
  passwordPolicy: Pick<PasswordPolicy, "minLength" | "siteWords" | "isLeaked">;
  rateLimiter: RateLimiter;
  /** Undefined where nothing is limited: then a known device needs no limit of its own. */
  devices: DeviceTokens | undefined;
  /** Runs a password hash, unless too many of them are in flight from the same address. */
  limitInFlight: ReturnType<typeof createInFlightLimit>;
  /** Runs the calls with one email link one after the other. */
  oneAtATime: ReturnType<typeof createOneAtATime>;
  /** Emits an event, with where the request came from when that is known. Never waits. */
  emit(event: AuthEvent, client?: ClientInfo): void;
  /** Enqueues an email. Never waits. */
  sendEmail(mail: EmailRequest): void;
}
