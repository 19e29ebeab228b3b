import type { PasswordPolicy } from "../credentials/password/policy.ts";
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

/** What each part of the rules works with. */
export interface AuthDeps {
  store: AuthStore;
  passwords: PasswordHasher;
  clock: Clock;
  randomBytes: RandomBytes;
  appData: AppData | undefined;
  settings: AuthSettings;
  limits: SessionLimits;
  /** What new passwords are held against beside their owner's names. */
  passwordPolicy: Pick<PasswordPolicy, "minLength" | "siteWords" | "isLeaked">;
  rateLimiter: RateLimiter;
  /** Undefined where nothing is counted: then there is nothing to set a known device apart from. */
  devices: DeviceTokens | undefined;
  /** Runs what hashes a password, unless too much of that is under way from the same address. */
  limitInFlight: ReturnType<typeof createInFlightLimit>;
  /** Runs what one link of a mail may order, a call at a time. */
  oneAtATime: ReturnType<typeof createOneAtATime>;
  /** Says what happened, and where that came from when it is known. Waits for nobody. */
  emit(event: AuthEvent, client?: ClientInfo): void;
  /** Orders a mail that says what happened. Waits for nobody. */
  sendEmail(mail: EmailRequest): void;
}
