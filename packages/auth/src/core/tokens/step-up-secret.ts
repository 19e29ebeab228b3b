import type { RandomBytes } from "../domain/clock.ts";
import type { ProvenMethod } from "../domain/credential.ts";
import type { StoredSession } from "../domain/model.ts";
import { hashSecret, sameHash } from "../domain/secrets.ts";

const prefix = "su1.";
const secretBytes = 32;
const shape = /^su1\.[A-Za-z0-9_-]{43}$/;

/** Generates a secret of 256 bits. The store keeps only the hash. */
export function generateStepUpSecret(randomBytes: RandomBytes): { token: string; hash: Uint8Array } {
  const secret = randomBytes(secretBytes);
  return { token: prefix + Buffer.from(secret).toString("base64url"), hash: hashSecret(secret) };
}

/**
 * What the device with this secret has proved in this session; nothing for another secret. Compared in constant time. How fresh
 * each has to be is for `decideAssurance`.
 *
 * A secret is issued for the last of its methods, at that instant. A process that knows no methods writes a newer instant and
 * leaves the methods of the secret before: those are of another device.
 */
export function stepUpMethodsOf(
  { stepUpHash, stepUpAt, stepUpMethods }: Pick<StoredSession, "stepUpHash" | "stepUpAt" | "stepUpMethods">,
  presented: string | undefined,
): readonly ProvenMethod[] {
  const hash = presented === undefined ? undefined : hashOf(presented);
  if (!hash || stepUpHash === null || !sameHash(hash, stepUpHash)) return [];
  return stepUpMethods.some(({ at }) => at === stepUpAt) ? stepUpMethods : [];
}

/** Reads the text strictly: prefix, alphabet, exact length, and the one spelling that `generateStepUpSecret` makes. */
function hashOf(token: string): Uint8Array | undefined {
  if (!shape.test(token)) return undefined;
  const secret = Buffer.from(token.slice(prefix.length), "base64url");
  return prefix + secret.toString("base64url") === token ? hashSecret(secret) : undefined;
}
