import type { Clock, RandomBytes } from "../domain/clock.ts";
import { AuthError } from "../domain/errors.ts";
import { refreshAttempts } from "../domain/settings.ts";
import type { KeyTimes, SigningKeyStore, StoredSigningKey } from "../ports/key-store.ts";
import {
  isTrusted,
  type KeySchedule,
  type KeyState,
  keyStateAt,
  keyTimes,
  nextKeyTimes,
  signingKeyAt,
} from "./key-schedule.ts";
import {
  decryptPrivateKey,
  encryptPrivateKey,
  generateSeed,
  type PublicJwk,
  type SigningKey,
  signingAlgorithm,
  signingKeyOf,
} from "./signing-key.ts";

/**
 * The signing keys as this process knows them. The store has them for all processes; a number that every look at a session
 * brings along says when they have changed, so that each process goes by the same keys without asking for them.
 */
export interface KeyRing {
  /** The key to sign with now. Makes the first one, or one that is overdue, when there is none. */
  signer(): Promise<SigningKey>;
  /** The key of that id, if this process can open it. Looks again, once a second at most, for one that it has not heard of. */
  find(kid: string): Promise<RingKey | undefined>;
  /** What `find` found before, without looking. */
  known(kid: string): RingKey | undefined;
  /** Reads the keys anew when the store has others than this process knows of. */
  follow(version: number): Promise<void> | undefined;
  /** Whether there was ever a key of that id here: what it signed has run out. */
  hasRetired(kid: string): boolean;
  /** Makes the next key when it is due, forgets the old ones, and seals under the first secret what another one still opens. */
  rotateIfDue(): Promise<void>;
  /** Makes a new key, and believes no other any more, in any process. */
  revokeAndReplace(): Promise<void>;
  list(): Promise<KeyRingState>;
}

/** A key that was opened, and when it is used. */
type RingKey = SigningKey & { times: KeyTimes };

export interface KeyRingState {
  keys: Array<{ kid: string; state: KeyState; publicJwk: PublicJwk; signsFrom: number; signsUntil: number }>;
  /** Keys in use that no secret of this process opens: other processes were given another `AUTH_SECRET`. */
  unreadable: string[];
}

export interface KeyRingOptions {
  store: SigningKeyStore;
  clock: Clock;
  randomBytes: RandomBytes;
  /** The first seals, any opens. */
  secrets: readonly string[];
  schedule: KeySchedule;
}

/** A token with a made-up key id must not become a read of the database each time. */
const lookAgainMs = 1_000;

export function createKeyRing({ store, clock, randomBytes, secrets, schedule }: KeyRingOptions): KeyRing {
  const [sealingSecret = ""] = secrets;
  let version: number | undefined;
  let rows: StoredSigningKey[] = [];
  let opened = new Map<string, RingKey>();
  let lookedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  const readable = () => rows.flatMap((row) => opened.get(row.kid) ?? []);
  const timesOf = () => readable().map(({ times }) => times);
  const current = () => {
    const times = signingKeyAt(timesOf(), clock.now());
    return times && readable().find((key) => key.times.seq === times.seq);
  };

  /** One read for however many ask at once. */
  function read(): Promise<void> {
    reading ??= readAll().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  async function readAll(): Promise<void> {
    lookedAt = clock.now();
    const ring = await store.readKeyRing();
    const found = await Promise.all(ring.keys.map((row) => openRow(row)));
    rows = ring.keys;
    opened = new Map(found.flatMap((key) => (key ? [[key.kid, key]] : [])));
    version = ring.version;
  }

  async function openRow(row: StoredSigningKey): Promise<RingKey | undefined> {
    const before = opened.get(row.kid);
    if (before) return { ...before, times: row };
    const seed = seedOf(row)?.seed;
    const key = seed && (await signingKeyOf(seed));
    // Whoever can write to the database must not be able to bring a key of their own under the name of one of ours.
    return key && key.kid === row.kid && row.algorithm === signingAlgorithm ? { ...key, times: row } : undefined;
  }

  function seedOf(row: StoredSigningKey): { seed: Uint8Array; secret: string } | undefined {
    for (const secret of secrets) {
      const seed = decryptPrivateKey(row.sealedPrivateKey, row.kid, secret);
      if (seed) return { seed, secret };
    }
    return undefined;
  }

  async function follow(latest: number): Promise<void> {
    // A read that was under way may have begun before the change.
    while (version === undefined || latest > version) await read();
  }

  async function draw(times: Omit<KeyTimes, "seq">): Promise<StoredSigningKey> {
    const seed = generateSeed(randomBytes);
    const key = await signingKeyOf(seed);
    const row: StoredSigningKey = {
      seq: Math.max(0, ...rows.map((row) => row.seq)) + 1,
      ...times,
      kid: key.kid,
      algorithm: signingAlgorithm,
      publicJwk: JSON.stringify(key.publicJwk),
      sealedPrivateKey: encryptPrivateKey(seed, key.kid, sealingSecret, randomBytes),
    };
    opened.set(key.kid, { ...key, times: row }); // counts once the store has it
    return row;
  }

  /** Whoever finds the number taken looks again: most likely there is nothing left to do. */
  async function untilDone(attempt: () => Promise<boolean>): Promise<void> {
    for (let count = 0; count < refreshAttempts; count += 1) {
      await read();
      const done = await attempt();
      if (!done) continue;
      return read();
    }
    throw new AuthError("temporarily_unavailable");
  }

  async function makeWhatIsDue(): Promise<void> {
    await untilDone(async () => {
      const times = nextKeyTimes(timesOf(), clock.now(), schedule);
      return !times || store.addSigningKey(await draw(times));
    });
  }

  async function reseal(): Promise<void> {
    for (const row of rows) {
      const found = seedOf(row);
      if (!found || found.secret === sealingSecret) continue;
      const to = encryptPrivateKey(found.seed, row.kid, sealingSecret, randomBytes);
      await store.resealSigningKey({ kid: row.kid, from: row.sealedPrivateKey, to });
    }
  }

  return {
    async signer() {
      await follow(await store.keyRingVersion());
      if (!current()) await makeWhatIsDue();
      const key = current();
      if (!key) throw new AuthError("temporarily_unavailable");
      return key;
    },

    async find(kid) {
      if (version === undefined || (!opened.has(kid) && Math.abs(clock.now() - lookedAt) >= lookAgainMs)) await read();
      return opened.get(kid);
    },

    known: (kid) => opened.get(kid),
    follow: (latest) => (latest === version ? undefined : follow(latest)),
    hasRetired: (kid) => rows.some((row) => row.kid === kid && !isTrusted(row, clock.now())),

    async rotateIfDue() {
      await makeWhatIsDue();
      await reseal();
      await store.removeSigningKeys({ before: clock.now() - schedule.rememberedMs });
    },

    async revokeAndReplace() {
      await untilDone(async () => {
        const now = clock.now();
        return store.replaceSigningKeys({ key: await draw(keyTimes(now, now, schedule)), now });
      });
    },

    async list() {
      await follow(await store.keyRingVersion());
      const now = clock.now();
      const times = timesOf();
      return {
        keys: readable().map(({ kid, publicJwk, times: own }) => ({
          kid,
          publicJwk,
          state: keyStateAt(own, times, now),
          signsFrom: own.signsFrom,
          signsUntil: own.signsUntil,
        })),
        unreadable: rows.filter((row) => !opened.has(row.kid) && isTrusted(row, now)).map((row) => row.kid),
      };
    },
  };
}
