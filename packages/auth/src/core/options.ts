import type { Clock, RandomBytes } from "./domain/clock.ts";
import type { AuthEventListener } from "./domain/events.ts";
import type { RateLimitRules } from "./domain/rate-limit.ts";
import type { AuthSettings } from "./domain/settings.ts";
import type { AppData } from "./ports/app-data.ts";
import type { CredentialKind } from "./ports/credential-kind.ts";
import type { PasswordHasher } from "./ports/password-hasher.ts";
import type { RateLimitCounter } from "./ports/rate-limit-counter.ts";
import type { AuthStore } from "./ports/store.ts";

/** The ports and settings of `createAuth`. Every number has a default; see `authDefaults`. */
export interface AuthOptions extends Partial<AuthSettings> {
  store: AuthStore;
  passwords: PasswordHasher;
  clock: Clock;
  randomBytes: RandomBytes;
  /**
   * The secrets that encrypt the signing keys and the credentials in the store: the first encrypts, any of them decrypts. Each at least 32 octets of
   * UTF-8. Give two while one is being replaced.
   */
  secrets: readonly string[];
  /** The access token's `iss` and `aud`: the origin of the app, such as `https://example.com`. */
  issuer: string;
  onEvent?: AuthEventListener;
  /**
   * Whether a new password is known to have leaked. Called last, and awaited: it should resolve within a second or two, to
   * false where it does not know.
   */
  isLeakedPassword?: ((password: string) => Promise<boolean>) | undefined;
  /**
   * Runs work after the response was sent: a rejected login of a known user writes an entry, and one of an unknown user does not
   * (ASVS 6.3.8). By default at once.
   */
  defer?: ((work: () => void) => void) | undefined;
  /** The kinds of credential beside the password, such as one-time passwords. None by default. */
  credentialKinds?: readonly CredentialKind[] | undefined;
  /** The data of the app about its users. */
  appData?: AppData | undefined;
  /** Counts wrong passwords and new accounts. Without one nothing is limited. */
  rateLimitCounter?: RateLimitCounter | undefined;
  /** Replaces some of `rateLimitRules`. */
  rateLimitRules?: Partial<RateLimitRules> | undefined;
}
