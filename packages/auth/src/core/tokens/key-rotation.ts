import type { Clock, RandomBytes } from "../domain/clock.ts";
import { AuthError } from "../domain/errors.ts";
import { refreshAttempts } from "../domain/settings.ts";
import type { KeyTimes, SigningKeyStore, StoredSigningKey } from "../ports/key-store.ts";
import { type CachedKey, decryptSeed, type KeyCache } from "./key-cache.ts";
import { type KeySchedule, keyTimes, nextKeyTimes } from "./key-schedule.ts";
import { encryptPrivateKey, generateSeed, signingAlgorithm, signingKeyOf } from "./signing-key.ts";

export interface KeyRotationOptions {
  store: SigningKeyStore;
  clock: Clock;
  randomBytes: RandomBytes;
  /** The first encrypts, any decrypts. */
  secrets: readonly string[];
  schedule: KeySchedule;
}

/** The writes to the key ring. Each is one conditional statement, so that any number of processes may call them. */
export interface KeyRotation {
  /** Adds the next key when it is due. */
  addDueKey(): Promise<void>;
  /** Adds a new key and revokes all others. */
  revokeAndReplace(): Promise<void>;
  /** Encrypts under the first secret the keys that are still encrypted under another one. */
  reencrypt(): Promise<void>;
  /** Removes the keys that are no longer remembered. */
  removeOld(): Promise<void>;
}

export function createKeyRotation(options: KeyRotationOptions, cache: KeyCache): KeyRotation {
  const { store, clock, randomBytes, secrets, schedule } = options;
  const [firstSecret = ""] = secrets;

  async function generate(times: Omit<KeyTimes, "seq">): Promise<StoredSigningKey> {
    const seq = Math.max(0, ...cache.rows.map((row) => row.seq)) + 1;
    const { key, row } = await generateKey({ ...times, seq }, firstSecret, randomBytes);
    cache.put(key);
    return row;
  }

  return {
    addDueKey: () =>
      untilStored(cache, async () => {
        const times = nextKeyTimes(
          cache.keys().map((key) => key.times),
          clock.now(),
          schedule,
        );
        return !times || store.addSigningKey(await generate(times));
      }),

    revokeAndReplace: () =>
      untilStored(cache, async () => {
        const now = clock.now();
        return store.replaceSigningKeys({ key: await generate(keyTimes(now, now, schedule)), now });
      }),

    async reencrypt() {
      for (const row of cache.rows) {
        const found = decryptSeed(row, secrets);
        if (!found || found.secret === firstSecret) continue;
        const to = encryptPrivateKey(found.seed, row.kid, firstSecret, randomBytes);
        await store.reencryptSigningKey({ kid: row.kid, from: row.sealedPrivateKey, to });
      }
    },

    async removeOld() {
      await store.removeSigningKeys({ before: clock.now() - schedule.rememberedMs });
    },
  };
}

/** A process that finds the `seq` taken reads again: most likely another process has done the work. */
async function untilStored(cache: KeyCache, write: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < refreshAttempts; tries += 1) {
    await cache.read();
    const isStored = await write();
    if (isStored) return cache.read();
  }
  throw new AuthError("temporarily_unavailable");
}

async function generateKey(
  times: KeyTimes,
  secret: string,
  randomBytes: RandomBytes,
): Promise<{ key: CachedKey; row: StoredSigningKey }> {
  const seed = generateSeed(randomBytes);
  const key = await signingKeyOf(seed);
  const row: StoredSigningKey = {
    ...times,
    kid: key.kid,
    algorithm: signingAlgorithm,
    publicJwk: JSON.stringify(key.publicJwk),
    sealedPrivateKey: encryptPrivateKey(seed, key.kid, secret, randomBytes),
  };
  return { key: { ...key, times: row }, row };
}
