import type { Clock, RandomBytes } from "./domain/clock.ts";
import type { AuthEventListener } from "./domain/events.ts";
import type { RateLimitRules } from "./domain/model.ts";
import type { AuthSettings } from "./domain/settings.ts";
import type { AppData } from "./ports/app-data.ts";
import type { PasswordHasher } from "./ports/password-hasher.ts";
import type { RateLimitCounter } from "./ports/rate-limit-counter.ts";
import type { AuthStore } from "./ports/store.ts";

/** What `createAuth` needs from outside, and what may be set. Every number has a default; see `authDefaults`. */
export interface AuthOptions extends Partial<AuthSettings> {
  store: AuthStore;
  passwords: PasswordHasher;
  clock: Clock;
  randomBytes: RandomBytes;
  /**
   * What the signing keys are sealed under in the store: the first seals, any of them opens. Each at least 32 octets of
   * UTF-8. Give two while one is being replaced.
   */
  secrets: readonly string[];
  /** The access token's `iss` and `aud`: the origin of the app, such as `https://example.com`. */
  issuer: string;
  onEvent?: AuthEventListener;
  /**
   * Whether a password that somebody chooses is known to have leaked. Asked last, and waited for: it should have an answer
   * within a second or two, and answer no where it cannot tell.
   */
  isLeakedPassword?: ((password: string) => Promise<boolean>) | undefined;
  /**
   * Does something a little later, when the answer has been sent: what a refused login of a known user leaves behind, and that of
   * an unknown one does not (ASVS 6.3.8). At once unless given.
   */
  defer?: ((work: () => void) => void) | undefined;
  /** What the app keeps of its users beside their login. */
  appData?: AppData | undefined;
  /** What counts wrong passwords and new accounts. Nothing is limited without one. */
  rateLimitCounter?: RateLimitCounter | undefined;
  /** How many tries there are; `rateLimitRules` where nothing else is said. */
  rateLimitRules?: Partial<RateLimitRules> | undefined;
}
