import { AuthError } from "../domain/errors.ts";
import { type CachedKey, createKeyCache, type KeyCache } from "./key-cache.ts";
import { createKeyRotation, type KeyRotationOptions } from "./key-rotation.ts";
import { isTrusted, type KeyState, keyStateAt, signingKeyAt } from "./key-schedule.ts";
import type { PublicJwk, SigningKey } from "./signing-key.ts";

/**
 * The signing keys as this process knows them. The store holds them for all processes. Every read of a session returns the
 * version of the keys, so that each process sees a change without a read of its own.
 */
export interface KeyRing {
  /** The key to sign with now. Adds one when there is none, or the next one is overdue. */
  signer(): Promise<SigningKey>;
  /** The key of that id, if this process can decrypt it. Reads again for an unknown id, once a second at most. */
  find(kid: string): Promise<CachedKey | undefined>;
  /** What `find` found before, without a read. */
  known(kid: string): CachedKey | undefined;
  /** Reads the keys again when the store has another version than this process. */
  follow(version: number): Promise<void> | undefined;
  /** Whether a key of that id was retired or revoked: what it signed has expired. */
  hasRetired(kid: string): boolean;
  /** Adds the next key when it is due, removes the old ones, and encrypts the others under the first secret. */
  rotateIfDue(): Promise<void>;
  /** Adds a new key, and revokes all others in every process. */
  revokeAndReplace(): Promise<void>;
  list(): Promise<KeyRingState>;
}

export interface KeyRingState {
  keys: Array<{ kid: string; state: KeyState; publicJwk: PublicJwk; signsFrom: number; signsUntil: number }>;
  /** Keys in use that no secret of this process decrypts: other processes were given another `AUTH_SECRET`. */
  unreadable: string[];
}

export type KeyRingOptions = KeyRotationOptions;

/** A token with an invented key id must not cause a read of the database each time. */
const unknownKeyReadMs = 1_000;

export function createKeyRing(options: KeyRingOptions): KeyRing {
  const { store, clock } = options;
  const cache = createKeyCache(options);
  const rotation = createKeyRotation(options, cache);

  return {
    async signer() {
      await cache.catchUp(await store.keyRingVersion());
      if (!signerOf(cache, clock.now())) await rotation.addDueKey();
      const key = signerOf(cache, clock.now());
      if (!key) throw new AuthError("temporarily_unavailable");
      return key;
    },

    async find(kid) {
      const mayRead = cache.get(kid) === undefined && Math.abs(clock.now() - cache.readAt) >= unknownKeyReadMs;
      if (cache.version === undefined || mayRead) await cache.read();
      return cache.get(kid);
    },

    known: (kid) => cache.get(kid),
    follow: (latest) => (latest === cache.version ? undefined : cache.catchUp(latest)),
    hasRetired: (kid) => cache.rows.some((row) => row.kid === kid && !isTrusted(row, clock.now())),

    async rotateIfDue() {
      await rotation.addDueKey();
      await rotation.reencrypt();
      await rotation.removeOld();
    },

    revokeAndReplace: () => rotation.revokeAndReplace(),

    async list() {
      await cache.catchUp(await store.keyRingVersion());
      return ringState(cache, clock.now());
    },
  };
}

function signerOf(cache: KeyCache, now: number): CachedKey | undefined {
  const keys = cache.keys();
  const times = signingKeyAt(
    keys.map((key) => key.times),
    now,
  );
  return times && keys.find((key) => key.times.seq === times.seq);
}

function ringState(cache: KeyCache, now: number): KeyRingState {
  const keys = cache.keys();
  const times = keys.map((key) => key.times);
  return {
    keys: keys.map(({ kid, publicJwk, times: own }) => ({
      kid,
      publicJwk,
      state: keyStateAt(own, times, now),
      signsFrom: own.signsFrom,
      signsUntil: own.signsUntil,
    })),
    unreadable: cache.rows.filter((row) => !cache.get(row.kid) && isTrusted(row, now)).map((row) => row.kid),
  };
}
