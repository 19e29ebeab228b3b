import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { createEnv } from "@t3-oss/env-core";
import {
  authDefaults,
  ConfigError,
  checkSecrets,
  cleanupDefaults,
  type Pepper,
  passwordHasherDefaults,
  type RateLimitRules,
  registrations,
} from "@watchword/auth/core";
import { isLoopback } from "@watchword/auth/trpc";
import { z } from "zod";
import { appUrlProblem, isLoopbackAddress, isOrigin, listenOn } from "../../listen-address.mjs";
import { mailVariables, readMail } from "./email-settings.ts";
import { type HttpLimits, httpVariables, readHttpLimits } from "./http-limits.ts";
import { localSecret } from "./local-secret.ts";
import { type ProxySettings, proxyVariables, readProxies } from "./proxy-settings.ts";
import { attemptVariables, readAttemptRules } from "./rate-limit-settings.ts";
import { mistypedNames } from "./setting-names.ts";
import { isQuoted, readValues, whole } from "./setting-values.ts";

/** The settings of a running app, checked. The only file that reads `process.env`. */
export interface Env extends ProxySettings {
  appUrl: string;
  /** The address that `npm start` listens on; undefined for all of the machine's. */
  listenAddress: string | undefined;
  /** True where only this machine reaches that address. */
  listensLocally: boolean;
  /** True on this machine alone: secrets are made on the spot, and there is a demo account. */
  local: boolean;
  /** Under `next dev`. */
  development: boolean;
  databaseFile: string;
  /** For how long a start waits for a database that another process has locked. */
  databaseWaitSeconds: number;
  /** Where secrets and the demo account of a local start are kept: beside the database. */
  dataFolder: string;
  migrationsFolder: string;
  secrets: readonly string[];
  accessTokenTtlSeconds: number;
  refreshTokenTtlSeconds: number;
  refreshIdleSeconds: number;
  browserSessionTtlSeconds: number;
  sessionsPerUser: number;
  stepUpMaxAgeSeconds: number;
  signingKeySeconds: number;
  /** Milliseconds since 1970. */
  sessionsNotBefore: number;
  /** For how long ended sessions and old entries of the timeline are kept. */
  keepEndedSessionsSeconds: number;
  keepTimelineSeconds: number;
  passwordMinLength: number;
  /** The SMTP server, and who mails are from. Undefined where none are sent. */
  mail: { smtpUrl: string; from: string } | undefined;
  /** The life of the links in mails, and how many of those an address is sent in an hour. */
  resetLinkSeconds: number;
  verifyLinkSeconds: number;
  changeLinkSeconds: number;
  invitationLinkSeconds: number;
  mailsPerAddressPerHour: number;
  /** Whether an account begins at once, or with a link that is sent to its address. */
  registration: (typeof registrations)[number];
  /** A range service; see `createLeakedPasswords`. Undefined where none is asked. */
  leakedPasswordsUrl: string | undefined;
  bcryptCost: number;
  /** At most how many cores hash passwords. */
  passwordThreads: number;
  /** The first is mixed into new hashes; older ones still verify with theirs. */
  peppers: readonly Pepper[];
  uploadFolder: string;
  maxFileBytes: number;
  quotaBytes: number;
  /** How many wrong passwords and new accounts there may be. */
  rateLimitRules: RateLimitRules;
  /** Whether browsers are told to ask every host below this one by https, too. */
  hstsSubdomains: boolean;
  /** Where a flaw is to be reported, as a URI (RFC 9116 section 2.5.3). */
  securityContact: string | undefined;
  /** Of the server of `npm start`. */
  http: HttpLimits;
}

const megabyte = 1_000_000;
const day = 86_400;
const tenYears = 315_360_000;
const terabyte = 1_000_000 * megabyte;
const seconds = (least: number, most: number) => whole(least, most, "seconds");
const days = (least: number) => whole(least, 3_650, "days");

const variables = {
  PORT: whole(1, 65_535).default(3000),
  LISTEN_ADDRESS: z.string().optional(),
  APP_URL: z.string().refine(isOrigin, appUrlProblem.slice("APP_URL: ".length)).optional(),
  DATABASE_URL: z
    .string()
    .regex(/^file:(?!\/\/[^/]|:)[^?#]+$/, "use file: and the path of an SQLite file, such as file:./data/watchword.db")
    .default("file:./data/watchword.db"),
  DATABASE_WAIT_SECONDS: seconds(0, 3_600).default(60),
  AUTH_SECRET: z.string().optional(),
  ACCESS_TOKEN_TTL_SECONDS: seconds(1, day).default(authDefaults.accessTokenTtlSeconds),
  REFRESH_TOKEN_TTL_SECONDS: seconds(1, tenYears).default(authDefaults.refreshTokenTtlSeconds),
  REFRESH_IDLE_SECONDS: seconds(1, tenYears).default(authDefaults.refreshIdleSeconds),
  BROWSER_SESSION_TTL_SECONDS: seconds(1, tenYears).default(authDefaults.browserSessionTtlSeconds),
  SESSIONS_PER_USER: whole(1, 1_000, "sessions").default(authDefaults.sessionsPerUser),
  STEP_UP_MAX_AGE_SECONDS: seconds(1, day).default(authDefaults.stepUpMaxAgeSeconds),
  KEEP_ENDED_SESSIONS_DAYS: days(0).default(cleanupDefaults.keepEndedSessionsSeconds / day),
  KEEP_TIMELINE_DAYS: days(1).default(cleanupDefaults.keepTimelineSeconds / day),
  SIGNING_KEY_DAYS: days(1).default(authDefaults.signingKeySeconds / day),
  AUTH_NOT_BEFORE: z.iso.datetime({ offset: true, error: "use an instant such as 2026-01-31T12:00:00Z" }).optional(),
  PASSWORD_MIN_LENGTH: whole(8, 128, "characters").default(authDefaults.passwordMinLength),
  LEAKED_PASSWORDS_URL: z.url({ protocol: /^https?$/, error: "use an address with https://" }).optional(),
  RESET_LINK_SECONDS: seconds(60, day).default(authDefaults.resetLinkSeconds),
  VERIFY_LINK_SECONDS: seconds(60, 30 * day).default(authDefaults.verifyLinkSeconds),
  CHANGE_LINK_SECONDS: seconds(60, day).default(authDefaults.changeLinkSeconds),
  INVITATION_LINK_SECONDS: seconds(60, 30 * day).default(authDefaults.invitationLinkSeconds),
  MAILS_PER_ADDRESS_PER_HOUR: whole(1, 1_000, "mails").default(authDefaults.mailsPerAddressPerHour),
  REGISTRATION: z
    .enum(registrations, { error: `use ${registrations.join(" or ")}` })
    .default(authDefaults.registration),
  BCRYPT_COST: whole(4, 15, "rounds (a power of two)").default(12),
  PASSWORD_THREADS: whole(1, 64, "threads").default(passwordHasherDefaults.maxThreads),
  // Read by `npm start`, before there is a process that it could be told to.
  HEAP_LIMIT_MB: whole(128, 65_536, "MB").optional(),
  PASSWORD_PEPPER: z
    .string()
    .regex(/^[a-z0-9-]{1,16}:[^,]{32,}(?:,[a-z0-9-]{1,16}:[^,]{32,})*$/, "use id:secret, the secret at least 32 bytes")
    .optional(),
  UPLOAD_DIR: z.string().default("./data/uploads"),
  UPLOAD_MAX_BYTES: whole(1, terabyte, "bytes").default(25 * megabyte),
  UPLOAD_QUOTA_BYTES: whole(1, terabyte, "bytes").default(250 * megabyte),
  HSTS_INCLUDE_SUBDOMAINS: z.stringbool({ error: "use true or false" }).default(true),
  SECURITY_CONTACT: z
    .string()
    .regex(/^(?:mailto:\S+@\S+|https:\/\/\S+|tel:\+?[\d-]+)$/, "use mailto:…, https://… or tel:…")
    .optional(),
  ...mailVariables,
  ...proxyVariables,
  ...attemptVariables,
  ...httpVariables,
};

/** The lowest cost that a site others can reach may hash with (OWASP's floor for bcrypt). */
const leastPublicCost = 10;

/**
 * Reads and checks the environment. Relative paths count from the project's root.
 *
 * @throws {ConfigError} with a line for each setting that cannot be right, and never its value
 */
export function readEnv(environment: Record<string, string | undefined> = process.env): Env {
  const given = readGiven(environment);
  const values = checkValues(given);
  const listening = listenOn(given);
  if (listening.problem !== undefined) throw new ConfigError(listening.problem);
  const root = projectRoot(process.cwd());
  const appUrl = new URL(values.APP_URL ?? `http://localhost:${listening.port}`).origin;
  const local = isLoopback(appUrl);
  if (!local) checkPublic(appUrl, values);
  if (values.ACCESS_TOKEN_TTL_SECONDS > values.REFRESH_TOKEN_TTL_SECONDS) {
    throw new ConfigError("ACCESS_TOKEN_TTL_SECONDS: use at most REFRESH_TOKEN_TTL_SECONDS");
  }
  const databaseFile = resolve(root, values.DATABASE_URL.slice("file:".length));
  const dataFolder = dirname(databaseFile);
  const secrets = values.AUTH_SECRET?.split(",").map((secret) => secret.trim()) ?? [localSecret(dataFolder)];
  checkSecrets(secrets);
  return {
    appUrl,
    listenAddress: listening.address,
    listensLocally: isLoopbackAddress(listening.address),
    local,
    development: environment.NODE_ENV === "development",
    databaseFile,
    databaseWaitSeconds: values.DATABASE_WAIT_SECONDS,
    dataFolder,
    migrationsFolder: resolve(root, "packages/db/migrations/sqlite"),
    secrets,
    accessTokenTtlSeconds: values.ACCESS_TOKEN_TTL_SECONDS,
    refreshTokenTtlSeconds: values.REFRESH_TOKEN_TTL_SECONDS,
    refreshIdleSeconds: values.REFRESH_IDLE_SECONDS,
    browserSessionTtlSeconds: values.BROWSER_SESSION_TTL_SECONDS,
    sessionsPerUser: values.SESSIONS_PER_USER,
    stepUpMaxAgeSeconds: values.STEP_UP_MAX_AGE_SECONDS,
    keepEndedSessionsSeconds: values.KEEP_ENDED_SESSIONS_DAYS * day,
    keepTimelineSeconds: values.KEEP_TIMELINE_DAYS * day,
    signingKeySeconds: values.SIGNING_KEY_DAYS * day,
    sessionsNotBefore: readInstant("AUTH_NOT_BEFORE", values.AUTH_NOT_BEFORE),
    passwordMinLength: values.PASSWORD_MIN_LENGTH,
    mail: readMail(values),
    resetLinkSeconds: values.RESET_LINK_SECONDS,
    verifyLinkSeconds: values.VERIFY_LINK_SECONDS,
    changeLinkSeconds: values.CHANGE_LINK_SECONDS,
    invitationLinkSeconds: values.INVITATION_LINK_SECONDS,
    mailsPerAddressPerHour: values.MAILS_PER_ADDRESS_PER_HOUR,
    registration: values.REGISTRATION,
    leakedPasswordsUrl: values.LEAKED_PASSWORDS_URL?.replace(/\/+$/, ""),
    bcryptCost: values.BCRYPT_COST,
    passwordThreads: values.PASSWORD_THREADS,
    peppers: readPeppers(values.PASSWORD_PEPPER),
    uploadFolder: resolve(root, values.UPLOAD_DIR),
    maxFileBytes: values.UPLOAD_MAX_BYTES,
    quotaBytes: values.UPLOAD_QUOTA_BYTES,
    ...readProxies(values),
    hstsSubdomains: values.HSTS_INCLUDE_SUBDOMAINS,
    securityContact: values.SECURITY_CONTACT,
    rateLimitRules: readAttemptRules(values),
    http: readHttpLimits(values),
  };
}

function checkValues(given: Record<string, string | undefined>) {
  return createEnv({
    server: variables,
    runtimeEnv: given,
    onValidationError: (issues) => {
      throw new ConfigError(issues.map((issue) => `${issue.path?.join(".")}: ${issue.message}`).join("\n"));
    },
  });
}

/** The values of our settings as they were given. A setting that is mistyped, or comes with its quotes, would not count. */
function readGiven(environment: Record<string, string | undefined>): Record<string, string | undefined> {
  const names = Object.keys(variables);
  const given = readValues(environment, names);
  const quoted = names.filter((name) => isQuoted(given[name]));
  const problems = [
    ...mistypedNames(environment, names),
    ...quoted.map((name) => `${name}: leave out the quotes around the value`),
  ];
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  return given;
}

/** What may pass on one's own machine, and must not where others come in. */
function checkPublic(
  appUrl: string,
  values: {
    AUTH_SECRET?: string | undefined;
    BCRYPT_COST: number;
    REGISTRATION: string;
    SMTP_URL?: string | undefined;
  },
): void {
  if (!values.AUTH_SECRET) {
    throw new ConfigError(
      "AUTH_SECRET: required when APP_URL is not localhost. Make one with: openssl rand -base64 48",
    );
  }
  if (!appUrl.startsWith("https:")) throw new ConfigError("APP_URL: use https, or browsers will not keep the cookies");
  if (values.BCRYPT_COST < leastPublicCost) throw new ConfigError(`BCRYPT_COST: use at least ${leastPublicCost}`);
  if (values.REGISTRATION === "by_mail" && !values.SMTP_URL) {
    throw new ConfigError("REGISTRATION: by_mail needs SMTP_URL, or nobody could ever register");
  }
}

/** An instant that has yet to come would log out every user who logs in before it. */
function readInstant(name: string, text: string | undefined): number {
  const instant = text === undefined ? 0 : Date.parse(text);
  if (instant > Date.now()) throw new ConfigError(`${name}: this instant has not come yet`);
  return instant;
}

function readPeppers(text: string | undefined): Pepper[] {
  return (text?.split(",") ?? []).map((pepper) => {
    const at = pepper.indexOf(":");
    return { id: pepper.slice(0, at), secret: pepper.slice(at + 1) };
  });
}

/** The folder of the whole project, wherever in it the app was started. */
function projectRoot(from: string): string {
  if (existsSync(resolve(from, "pnpm-workspace.yaml"))) return from;
  const parent = dirname(from);
  return parent === from ? process.cwd() : projectRoot(parent);
}
