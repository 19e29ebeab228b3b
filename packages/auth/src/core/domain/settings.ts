import { z } from "zod";
import { ConfigError } from "./config-error.ts";

/** How accounts begin; see `AuthSettings.registration`. */
export const registrations = ["at_once", "by_mail"] as const;
type Registration = (typeof registrations)[number];

export interface AuthSettings {
  /** How long an access token opens doors. Short, because a role or a name in it is as old as the token. */
  accessTokenTtlSeconds: number;
  /** The absolute end of a session, counted from the login. No refresh moves it (ASVS 7.3.2). */
  refreshTokenTtlSeconds: number;
  /** A session that was not refreshed for this long is over (ASVS 7.3.1). */
  refreshIdleSeconds: number;
  /**
   * For how long a last-used refresh token is answered with the very same successor: longer than any request or reply
   * lives (assumption A3), far shorter than an access token (assumption A2). By default 30 s, or half of an access
   * token's life where that is less.
   */
  retryWindowSeconds: number;
  /**
   * For how long after a rotation its unused successor may be replaced, when a client comes back that never saw it.
   * Without an end by default: an honest client may sleep for a week. 0, with `retryWindowSeconds` 0, is the strict
   * single use of RFC 9700, which logs people out over a lost reply.
   */
  reissueWindowSeconds: number;
  /**
   * The absolute end of a session whose browser was asked to forget it when it closes. Browsers that restore their tabs
   * forget nothing, so the server does.
   */
  browserSessionTtlSeconds: number;
  /** How many sessions a user may have at once. A login beyond that ends the one that began first (ASVS 7.1.2). */
  sessionsPerUser: number;
  /** For how long after the password was given a session may do what asks for fresh proof (ASVS 7.5.1, 7.5.3). */
  stepUpMaxAgeSeconds: number;
  /** For how long a key signs access tokens. The next one takes over by itself. */
  signingKeySeconds: number;
  /** For how long a key is published before it signs, at the most half of its life: services keep copies of `jwks.json`. */
  signingKeyAheadSeconds: number;
  /**
   * Sessions that began, and links in mails that were drawn, before this instant are over, in milliseconds since 1970. For a
   * database that was restored from a backup, in which sessions that were ended and links that were used since are good again.
   */
  sessionsNotBefore: number;
  /** The fewest characters (code points) of a new password. 8 as ASVS 6.2.1 asks; set 15 where nothing else guards. */
  passwordMinLength: number;
  /** The life of a link in a mail that sets a new password: an attacker who reads the mailbox meanwhile can use it. */
  resetLinkSeconds: number;
  /** The life of a link that shows whose an address is. It opens nothing, and people read their mail tomorrow. */
  verifyLinkSeconds: number;
  /** The life of a link that makes an address the account's. */
  changeLinkSeconds: number;
  /** The life of the link of an invitation: the account waits, and its owner asked for nothing and may be away. */
  invitationLinkSeconds: number;
  /** How many mails with a link an address is sent in an hour at most, from any client (fault case P14). */
  mailsPerAddressPerHour: number;
  /**
   * `by_mail`: an account begins with a link that is sent to its address, so that no caller learns whether an address is known.
   * `at_once`: the form makes it, and says so when there is one.
   */
  registration: Registration;
}

export const authDefaults = {
  accessTokenTtlSeconds: 900,
  refreshTokenTtlSeconds: 2_592_000,
  refreshIdleSeconds: 1_209_600,
  reissueWindowSeconds: Number.POSITIVE_INFINITY,
  browserSessionTtlSeconds: 86_400,
  sessionsPerUser: 50,
  stepUpMaxAgeSeconds: 600,
  signingKeySeconds: 7_776_000,
  sessionsNotBefore: 0,
  passwordMinLength: 8,
  resetLinkSeconds: 1_800,
  verifyLinkSeconds: 86_400,
  changeLinkSeconds: 1_800,
  invitationLinkSeconds: 604_800,
  mailsPerAddressPerHour: 5,
  registration: "at_once",
} as const satisfies Partial<AuthSettings>;

const longestRetryWindowSeconds = 30;
const longestAheadSeconds = 86_400;

/** For how long a key that verifies nothing any more is remembered: no client comes back with an older access token. */
export const keyRememberedSeconds = 604_800;

/** The most characters (code points) a password may have: enough for any sentence, little enough to hash at once. */
export const passwordMaxLength = 1024;

/** A refresh that loses the race for the row this often in a row gives up with 503 (liveness L2 of the protocol). */
export const refreshAttempts = 4;

/** How many verified access tokens a process remembers, so that a call costs no signature: about a kilobyte each. */
export const verifiedTokensKept = 5_000;

/** By how much the clocks of two servers may differ before a token "from the future" is treated as out of date. */
export const clockToleranceSeconds = 60;

const seconds = (least: number, most: number) => z.number().int().min(least).max(most);
const tenYears = 315_360_000;

const settingsSchema = z
  .object({
    accessTokenTtlSeconds: seconds(1, 86_400),
    refreshTokenTtlSeconds: seconds(1, tenYears),
    refreshIdleSeconds: seconds(1, tenYears),
    retryWindowSeconds: z.number().min(0).max(300),
    reissueWindowSeconds: z.union([z.number().min(0), z.literal(Number.POSITIVE_INFINITY)]),
    browserSessionTtlSeconds: seconds(1, tenYears),
    sessionsPerUser: z.number().int().min(1).max(1_000),
    stepUpMaxAgeSeconds: seconds(1, 86_400),
    signingKeySeconds: seconds(1, tenYears),
    signingKeyAheadSeconds: z.number().min(0).max(tenYears),
    sessionsNotBefore: z.number().int().min(0),
    passwordMinLength: z.number().int().min(8).max(128),
    resetLinkSeconds: seconds(60, 86_400),
    verifyLinkSeconds: seconds(60, 2_592_000),
    changeLinkSeconds: seconds(60, 86_400),
    invitationLinkSeconds: seconds(60, 2_592_000),
    mailsPerAddressPerHour: z.number().int().min(1).max(1_000),
    registration: z.enum(registrations),
  })
  .refine((settings) => settings.accessTokenTtlSeconds <= settings.refreshTokenTtlSeconds, {
    path: ["accessTokenTtlSeconds"],
    message: "An access token must not outlive its session (refreshTokenTtlSeconds)",
  })
  .refine((settings) => settings.signingKeyAheadSeconds < settings.signingKeySeconds, {
    path: ["signingKeyAheadSeconds"],
    message: "A key must be published before it signs for less time than it signs",
  })
  .refine((settings) => settings.retryWindowSeconds < settings.accessTokenTtlSeconds, {
    path: ["retryWindowSeconds"],
    message: "The repeat window must be shorter than an access token's life",
  });

/**
 * Takes the settings out of what is given, fills in the defaults and checks each of them.
 *
 * @throws {ConfigError} with one line for each setting that cannot be right
 */
export function resolveSettings(given: Partial<AuthSettings>): AuthSettings {
  const isSetting = (name: string) => Object.hasOwn(settingsSchema.shape, name);
  const known = Object.fromEntries(
    Object.entries(given).filter(([name, value]) => value !== undefined && isSetting(name)),
  );
  const accessTokenTtlSeconds = given.accessTokenTtlSeconds ?? authDefaults.accessTokenTtlSeconds;
  const signingKeySeconds = given.signingKeySeconds ?? authDefaults.signingKeySeconds;
  const parsed = settingsSchema.safeParse({
    ...authDefaults,
    retryWindowSeconds: Math.min(longestRetryWindowSeconds, accessTokenTtlSeconds / 2),
    signingKeyAheadSeconds: Math.min(longestAheadSeconds, signingKeySeconds / 2),
    ...known,
  });
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
}

const leastSecretBytes = 32;
const exampleSecret = /change.?me|example|secret.?here|replace.?me|your.?secret|password|0123456789|abcdefgh/i;

/**
 * Rejects secrets that an attacker could guess: none, short, or of the kind that stands in example files (ASVS 13.2.3).
 *
 * @throws {ConfigError} never with the secret in it
 */
export function checkSecrets(secrets: readonly string[]): void {
  if (secrets.length === 0) throw new ConfigError("AUTH_SECRET: there is none");
  for (const secret of secrets) {
    if (Buffer.byteLength(secret) < leastSecretBytes) {
      throw new ConfigError(`AUTH_SECRET: shorter than ${leastSecretBytes} bytes`);
    }
    if (new Set(secret).size < 10 || exampleSecret.test(secret)) {
      throw new ConfigError("AUTH_SECRET: looks like an example. Make one with: openssl rand -base64 48");
    }
  }
}
