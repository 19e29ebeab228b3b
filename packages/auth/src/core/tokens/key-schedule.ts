import { type AuthSettings, clockToleranceSeconds, keyRememberedSeconds } from "../domain/settings.ts";
import type { KeyTimes } from "../ports/key-store.ts";

/** How long keys are used, in milliseconds. */
export interface KeySchedule {
  signsForMs: number;
  /** How long a key is published before it signs, so that services with a copy of `jwks.json` have it in time. */
  aheadMs: number;
  /** How long it verifies after its last signature: the life of a token, and what clocks may differ by. */
  overlapMs: number;
  /** How long it is remembered after that, so that its tokens are rejected as expired and not as forged. */
  rememberedMs: number;
}

export function keyScheduleOf(settings: AuthSettings): KeySchedule {
  return {
    signsForMs: settings.signingKeySeconds * 1000,
    aheadMs: settings.signingKeyAheadSeconds * 1000,
    overlapMs: (settings.accessTokenTtlSeconds + clockToleranceSeconds) * 1000,
    rememberedMs: keyRememberedSeconds * 1000,
  };
}

export type KeyState = "next" | "signing" | "verifying" | "retired" | "revoked";

/**
 * The key to sign with: of those whose time it is, the newest. Where there is none because a clock was put back, or another
 * server's is a little ahead, the one that comes next.
 */
export function signingKeyAt<Key extends KeyTimes>(keys: readonly Key[], now: number): Key | undefined {
  const usable = keys.filter((key) => key.revokedAt === null && now < key.signsUntil);
  const begun = usable.filter((key) => key.signsFrom <= now).sort((a, b) => b.seq - a.seq);
  return begun[0] ?? usable.sort((a, b) => a.signsFrom - b.signsFrom)[0];
}

/** Whether signatures of a key are trusted. */
export function isTrusted(key: KeyTimes, now: number): boolean {
  return key.revokedAt === null && now < key.verifiesUntil;
}

export function keyStateAt(key: KeyTimes, keys: readonly KeyTimes[], now: number): KeyState {
  if (key.revokedAt !== null) return "revoked";
  if (now >= key.verifiesUntil) return "retired";
  if (signingKeyAt(keys, now)?.seq === key.seq) return "signing";
  return now < key.signsFrom ? "next" : "verifying";
}

/**
 * When the next key is to sign, if it is to be made now: at once where nothing signs, and otherwise where the last one
 * stops, as soon as that is less than `aheadMs` away. Undefined while there is nothing to do.
 *
 * @param keys those that this process can decrypt: it cannot sign with the others
 */
export function nextKeyTimes(
  keys: readonly KeyTimes[],
  now: number,
  schedule: KeySchedule,
): Omit<KeyTimes, "seq"> | undefined {
  // One that signs longer than any that could be made now was made by a clock of the future, or before the setting was lowered:
  // the next one must not wait for its end (fault case T07).
  const latest = now + schedule.aheadMs + schedule.signsForMs + clockToleranceSeconds * 1000;
  const valid = keys.filter((key) => key.revokedAt === null && key.signsUntil <= latest);
  const last = Math.max(now, ...valid.map((key) => key.signsUntil));
  if (now < last - schedule.aheadMs) return undefined;
  return keyTimes(last, now, schedule);
}

export function keyTimes(signsFrom: number, now: number, schedule: KeySchedule): Omit<KeyTimes, "seq"> {
  const signsUntil = signsFrom + schedule.signsForMs;
  return { createdAt: now, signsFrom, signsUntil, verifiesUntil: signsUntil + schedule.overlapMs, revokedAt: null };
}
