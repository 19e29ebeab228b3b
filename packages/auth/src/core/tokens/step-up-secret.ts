import type { RandomBytes } from "../domain/clock.ts";
import type { StoredSession } from "../domain/model.ts";
import { hashSecret, sameHash } from "../domain/secrets.ts";
import { clockToleranceSeconds } from "../domain/settings.ts";

const prefix = "su1.";
const secretBytes = 32;
const shape = /^su1\.[A-Za-z0-9_-]{43}$/;

/** Generates a secret of 256 bits. The store keeps only the hash. */
export function generateStepUpSecret(randomBytes: RandomBytes): { token: string; hash: Uint8Array } {
  const secret = randomBytes(secretBytes);
  return { token: prefix + Buffer.from(secret).toString("base64url"), hash: hashSecret(secret) };
}

/**
 * Whether a presented secret shows that this device sent the password for this session a short time ago. Compared in constant
 * time. As with the life of a session, the last instant is over already. A clock that was put back a little makes a negative
 * age, which counts as none; what was given further in the future than servers may differ proves nothing, or it would stay fresh
 * until then (fault case T07).
 */
export function isStepUpFresh(
  { stepUpHash, stepUpAt }: Pick<StoredSession, "stepUpHash" | "stepUpAt">,
  presented: string | undefined,
  { now, maxAgeMs }: { now: number; maxAgeMs: number },
): boolean {
  const hash = presented === undefined ? undefined : hashOf(presented);
  if (!hash || stepUpHash === null || stepUpAt === null) return false;
  const age = now - stepUpAt;
  return sameHash(hash, stepUpHash) && age < maxAgeMs && age >= -clockToleranceSeconds * 1000;
}

/** Reads the text strictly: prefix, alphabet, exact length, and the one spelling that `generateStepUpSecret` makes. */
function hashOf(token: string): Uint8Array | undefined {
  if (!shape.test(token)) return undefined;
  const secret = Buffer.from(token.slice(prefix.length), "base64url");
  return prefix + secret.toString("base64url") === token ? hashSecret(secret) : undefined;
}
