import type { Clock } from "../domain/clock.ts";
import type { KeyTimes, SigningKeyStore, StoredSigningKey } from "../ports/key-store.ts";
import { decryptPrivateKey, type SigningKey, signingAlgorithm, signingKeyOf } from "./signing-key.ts";

/** A decrypted key, and when it is used. */
export type CachedKey = SigningKey & { times: KeyTimes };

/** The signing keys as this process last read them, decrypted where one of its secrets allows that. */
export interface KeyCache {
  /** Undefined before the first read. */
  readonly version: number | undefined;
  /** When the last read began; minus infinity before the first. */
  readonly readAt: number;
  /** All keys, those that no secret of this process decrypts included. */
  readonly rows: readonly StoredSigningKey[];
  /** The decrypted keys of `rows`, in the same order. */
  keys(): CachedKey[];
  get(kid: string): CachedKey | undefined;
  /** Holds a key that is about to be stored. The next read drops it when the store did not take it. */
  put(key: CachedKey): void;
  /** Reads all keys. Concurrent callers share one read. */
  read(): Promise<void>;
  /** Reads until the cache is no older than this version. */
  catchUp(version: number): Promise<void>;
}

export interface KeyCacheOptions {
  store: Pick<SigningKeyStore, "readKeyRing">;
  clock: Clock;
  secrets: readonly string[];
}

export function createKeyCache({ store, clock, secrets }: KeyCacheOptions): KeyCache {
  let version: number | undefined;
  let rows: readonly StoredSigningKey[] = [];
  let decrypted = new Map<string, CachedKey>();
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  async function readAll(): Promise<void> {
    readAt = clock.now();
    const ring = await store.readKeyRing();
    const keys = await Promise.all(ring.keys.map((row) => decryptRow(row, secrets, decrypted.get(row.kid))));
    rows = ring.keys;
    decrypted = new Map(keys.flatMap((key) => (key ? [[key.kid, key]] : [])));
    version = ring.version;
  }

  function read(): Promise<void> {
    reading ??= readAll().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  return {
    get version() {
      return version;
    },
    get readAt() {
      return readAt;
    },
    get rows() {
      return rows;
    },
    keys: () => rows.flatMap((row) => decrypted.get(row.kid) ?? []),
    get: (kid) => decrypted.get(kid),
    put: (key) => void decrypted.set(key.kid, key),
    read,
    async catchUp(latest) {
      // A read that was in flight may have begun before the change.
      while (version === undefined || latest > version) await read();
    },
  };
}

/** The seed in a row and the secret that decrypts it; undefined where none of the secrets does. */
export function decryptSeed(
  row: StoredSigningKey,
  secrets: readonly string[],
): { seed: Uint8Array; secret: string } | undefined {
  for (const secret of secrets) {
    const seed = decryptPrivateKey(row.sealedPrivateKey, row.kid, secret);
    if (seed) return { seed, secret };
  }
  return undefined;
}

/** @param cached the same key from the read before: only its times may have changed since */
async function decryptRow(
  row: StoredSigningKey,
  secrets: readonly string[],
  cached: CachedKey | undefined,
): Promise<CachedKey | undefined> {
  if (cached) return { ...cached, times: row };
  const seed = decryptSeed(row, secrets)?.seed;
  const key = seed && (await signingKeyOf(seed));
  // An attacker who can write to the database must not replace a key by another one under the same id.
  return key && key.kid === row.kid && row.algorithm === signingAlgorithm ? { ...key, times: row } : undefined;
}
