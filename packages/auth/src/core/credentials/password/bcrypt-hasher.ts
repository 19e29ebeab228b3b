import { randomBytes, timingSafeEqual } from "node:crypto";
import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import { z } from "zod";
import type { RandomBytes } from "../../domain/clock.ts";
import { ConfigError } from "../../domain/config-error.ts";
import type { PasswordHasher, PasswordVerdict } from "../../ports/password-hasher.ts";
import {
  bcryptLeastCost,
  formatStoredPassword,
  isPepperId,
  makeBcryptSalt,
  makeUnguessableBcrypt,
  type Pepper,
  parseStoredPassword,
  prehashPassword,
  saltOfBcrypt,
  withCost,
} from "./hash-format.ts";
import { checkPasswordText } from "./input.ts";
import { HashQueue, type HashQueueLoad, startPasswordWorker } from "./worker-pool.ts";

export interface PasswordHasherOptions {
  /** bcrypt's cost of new hashes, 4 to 15. Each step doubles the time; 12 is about 0.3 s (ASVS 11.4.2). */
  cost?: number;
  /** At most how many hashes run at once; 8 unless given. See `hashingThreads`. */
  maxThreads?: number;
  /** How many may wait. 32 is a few seconds' worth: a user who waits longer has given up. */
  queueLimit?: number;
  /** Stored hashes of a higher cost are unusable: comparing with one would occupy a thread for minutes, or for ever. */
  maxVerifyCost?: number;
  /** Mixed into new hashes. */
  pepper?: Pepper;
  /** Hashes that name one of these still match, and are upgraded to `pepper` (or to none). */
  previousPeppers?: readonly Pepper[];
  randomBytes?: RandomBytes;
  /** Milliseconds from any origin, never going back; only for the estimate in `retryAfterSeconds`. */
  now?: () => number;
  /** Another way to start `bcrypt-worker.mjs`: for tests, and for bundlers that move files. */
  startWorker?: () => Worker;
}

/** The real one, which says how much it has to do. */
export interface ThreadedPasswordHasher extends PasswordHasher {
  load(): HashQueueLoad;
}

export const passwordHasherDefaults = { cost: 12, maxThreads: 8, queueLimit: 32, maxVerifyCost: 15 } as const;

/**
 * How many threads hash: one for each core, because on Linux they yield to requests (see `bcrypt-worker.mjs`). Where a thread
 * cannot have a priority of its own, one core stays free for everything else.
 */
export function hashingThreads(
  maxThreads: number,
  { platform, cores }: { platform: NodeJS.Platform; cores: number },
): number {
  return Math.max(1, Math.min(maxThreads, platform === "linux" ? cores : cores - 1));
}

/**
 * Makes the hasher: bcrypt in threads of their own, behind a bounded queue. Make one for the process and keep it; it
 * starts no thread before the first job. The password never appears in an error, and nothing of it is kept.
 *
 * @throws {ConfigError} with one line for each option that cannot be right
 */
export function createPasswordHasher(options: PasswordHasherOptions = {}): ThreadedPasswordHasher {
  const settings = resolveOptions(options);
  const { cost, pepper, randomBytes, maxVerifyCost } = settings;
  const comparison = createComparison(settings);
  const queue = new HashQueue({ ...settings, typicalJobMilliseconds: 2 ** cost * millisecondsOfARound });
  return {
    async hash(password, former) {
      checkPasswordText(password);
      const workCost = Math.max(cost, costOf(former, maxVerifyCost));
      const salt = makeBcryptSalt(workCost, randomBytes);
      const bcrypt = await queue.run({ input: prehashPassword(password, pepper), salt, workCost });
      return formatStoredPassword(bcrypt, pepper?.id);
    },
    async verify(password, stored, costs) {
      checkPasswordText(password);
      const workCost = Math.max(cost, (await costs?.highest(maxVerifyCost)) ?? cost);
      const { input, bcrypt, onMatch, otherwise } = comparison(password, stored, workCost);
      const computed = await queue.run({ input, salt: saltOfBcrypt(bcrypt), workCost });
      return sameText(computed, bcrypt) ? onMatch : otherwise;
    },
    load: () => queue.load(),
    close: () => queue.close(),
  };
}

/** About what bcryptjs takes for one of its 2^cost rounds on a machine of 2024, in milliseconds. */
const millisecondsOfARound = 0.06;

interface Comparison {
  input: string;
  bcrypt: string;
  onMatch: PasswordVerdict;
  otherwise: PasswordVerdict;
}

type Compare = (password: string, stored: string | undefined, workCost: number) => Comparison;

/**
 * What to hash, what to compare it with, and what either outcome means: always exactly one job. Whatever cannot match
 * is compared with a hash that no known password fits, and does not match even then.
 */
function createComparison(settings: ResolvedOptions): Compare {
  const { cost, pepper, maxVerifyCost, randomBytes } = settings;
  const peppers = new Map([pepper, ...settings.previousPeppers].map((each) => [each?.id, each]));
  peppers.set(undefined, undefined);
  const dummy = makeUnguessableBcrypt(cost, randomBytes);
  return (password, stored, workCost) => {
    const inVain = (given: string, otherwise: PasswordVerdict): Comparison => {
      const bcrypt = withCost(dummy, workCost);
      return { input: prehashPassword(given, pepper), bcrypt, onMatch: otherwise, otherwise };
    };
    if (stored === undefined) return inVain(password, noMatch);
    const parsed = parseStoredPassword(stored, maxVerifyCost);
    if (parsed.kind === "unusable") return inVain(password, unusable);
    if (parsed.kind === "plain") return plainComparison(password, parsed.bcrypt);
    if (!peppers.has(parsed.pepperId)) return inVain(password, unusable);
    // One of a higher cost stays: a lowered setting is about new passwords, and weakens none that is there.
    const current = parsed.cost >= cost && parsed.pepperId === pepper?.id;
    const input = prehashPassword(password, peppers.get(parsed.pepperId));
    return { input, bcrypt: parsed.bcrypt, onMatch: current ? match : stale, otherwise: noMatch };
  };
}

/** 0 for what is not there, or is no hash. */
function costOf(stored: string | undefined, maxCost: number): number {
  const parsed = stored === undefined ? undefined : parseStoredPassword(stored, maxCost);
  return parsed === undefined || parsed.kind === "unusable" ? 0 : parsed.cost;
}

/** What bcrypt reads of a password. */
const bcryptBytes = 72;

/**
 * The other system hashed what was typed, so no normalisation, and one attempt only. What stands behind bcrypt's 72 bytes
 * was not verified: with an upgrade, a slip of the finger there would become the password, and lock its owner out.
 */
function plainComparison(password: string, bcrypt: string): Comparison {
  const verifiedWhole = Buffer.byteLength(password) <= bcryptBytes;
  return { input: password, bcrypt, onMatch: verifiedWhole ? stale : match, otherwise: noMatch };
}

const match: PasswordVerdict = { matches: true, needsUpgrade: false, unusable: false };
const stale: PasswordVerdict = { matches: true, needsUpgrade: true, unusable: false };
const noMatch: PasswordVerdict = { matches: false, needsUpgrade: false, unusable: false };
const unusable: PasswordVerdict = { matches: false, needsUpgrade: false, unusable: true };

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

const highestCost = 15;
const highestVerifyCost = 17;

const pepperSchema = z.object({
  id: z.string().refine(isPepperId, { message: "1 to 32 of a-z 0-9 _ -, and not none" }),
  secret: z.string().refine((secret) => Buffer.byteLength(secret) >= 32, { message: "shorter than 32 bytes" }),
});

const optionsSchema = z
  .object({
    cost: z.number().int().min(bcryptLeastCost).max(highestCost),
    maxThreads: z.number().int().min(1).max(64),
    queueLimit: z.number().int().min(0).max(10_000),
    maxVerifyCost: z.number().int().max(highestVerifyCost),
    pepper: pepperSchema.optional(),
    previousPeppers: z.array(pepperSchema).readonly(),
  })
  .refine((options) => options.maxVerifyCost >= options.cost, {
    path: ["maxVerifyCost"],
    message: "less than cost: no new password would ever match",
  })
  .refine(({ pepper, previousPeppers }) => haveDistinctIds([pepper, ...previousPeppers]), {
    path: ["previousPeppers"],
    message: "two peppers have the same id",
  });

type ResolvedOptions = ReturnType<typeof resolveOptions>;

function resolveOptions(given: PasswordHasherOptions) {
  const parsed = optionsSchema.safeParse({
    cost: given.cost ?? passwordHasherDefaults.cost,
    maxThreads: given.maxThreads ?? passwordHasherDefaults.maxThreads,
    queueLimit: given.queueLimit ?? passwordHasherDefaults.queueLimit,
    maxVerifyCost: given.maxVerifyCost ?? passwordHasherDefaults.maxVerifyCost,
    pepper: given.pepper,
    previousPeppers: given.previousPeppers ?? [],
  });
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new ConfigError(lines.join("\n"));
  }
  return {
    ...parsed.data,
    threads: hashingThreads(parsed.data.maxThreads, { platform: process.platform, cores: availableParallelism() }),
    randomBytes: given.randomBytes ?? randomBytes,
    now: given.now ?? (() => performance.now()),
    startWorker: given.startWorker ?? startPasswordWorker,
  };
}

function haveDistinctIds(peppers: readonly (Pepper | undefined)[]): boolean {
  const ids = peppers.flatMap((pepper) => (pepper ? [pepper.id] : []));
  return new Set(ids).size === ids.length;
}
