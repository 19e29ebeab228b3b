import { createHash, timingSafeEqual } from "node:crypto";

/** SHA-256 of a secret: what the store keeps. The secrets are random, so a plain hash is enough. */
export function hashSecret(secret: Uint8Array): Buffer {
  return createHash("sha256").update(secret).digest();
}

/** Compares two hashes in constant time (ASVS 11.2.4). */
export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
