import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  webcrypto as crypto,
  hkdfSync,
  type JsonWebKey,
  sign,
  type webcrypto,
} from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import { LRUCache } from "lru-cache";
import type { RandomBytes } from "../domain/clock.ts";

/**
 * One algorithm, and each key is pinned to it (RFC 8725 section 3.1). `EdDSA` and not RFC 9864's `Ed25519`, because that is
 * the name which the verifiers of others know today; which curve it is, the key says.
 */
export const signingAlgorithm = "EdDSA";

/** The public half, as it stands in `jwks.json` (RFC 8037 section 2). */
export interface PublicJwk {
  kty: "OKP";
  crv: "Ed25519";
  x: string;
}

export interface SigningKey {
  /** The thumbprint of the public half (RFC 7638, SHA-256): it needs no agreement on names. */
  kid: string;
  publicJwk: PublicJwk;
  /** Signs with the private half (RFC 8032), which stays inside: nothing else of it can be had from here. */
  sign: (octets: Uint8Array) => Buffer;
  publicKey: webcrypto.CryptoKey;
}

/** An Ed25519 private key is these 32 octets (RFC 8032 section 5.1.5); PKCS #8 puts this before them (RFC 8410). */
const seedBytes = 32;
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");
const nonceBytes = 12;
const tagBytes = 16;

export function generateSeed(randomBytes: RandomBytes): Uint8Array {
  return randomBytes(seedBytes);
}

/** Keys that were built before, by a hash of theirs: to build one costs as much as five signatures. */
const built = new LRUCache<string, Promise<SigningKey>>({ max: 32 });

/** Builds both halves: the private one signs at once, the public one is jose's to verify with. */
export function signingKeyOf(seed: Uint8Array): Promise<SigningKey> {
  const name = createHash("sha256").update("watchword/signing-key/v1/built").update(seed).digest("base64url");
  const before = built.get(name);
  if (before) return before;
  const key = buildKey(seed);
  built.set(name, key);
  return key;
}

async function buildKey(seed: Uint8Array): Promise<SigningKey> {
  const der = Buffer.concat([pkcs8Prefix, seed]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const { x = "" } = createPublicKey(privateKey).export({ format: "jwk" });
  const publicJwk: PublicJwk = { kty: "OKP", crv: "Ed25519", x };
  const [kid, publicKey] = await Promise.all([calculateJwkThumbprint(publicJwk, "sha256"), importPublicKey(publicJwk)]);
  return { kid, publicJwk, publicKey, sign: (octets) => sign(null, octets, privateKey) };
}

/** Imported once and kept: importing a key for each call costs more than the signature. */
function importPublicKey(jwk: PublicJwk): Promise<webcrypto.CryptoKey> {
  return crypto.subtle.importKey("jwk", { ...jwk } satisfies JsonWebKey as webcrypto.JsonWebKey, "Ed25519", false, [
    "verify",
  ]);
}

/**
 * Encrypts a private key with AES-256-GCM: nonce, ciphertext, tag. The key comes from the secret by HKDF (RFC 5869) under a
 * label of its own, so that another use of the secret cannot attack this one; the key id is authenticated with it, so that one
 * encrypted key cannot replace another.
 */
export function encryptPrivateKey(seed: Uint8Array, kid: string, secret: string, randomBytes: RandomBytes): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", encryptionKey(secret), nonce).setAAD(Buffer.from(kid));
  return Buffer.concat([nonce, cipher.update(seed), cipher.final(), cipher.getAuthTag()]);
}

/** Undefined when it was encrypted under another secret, for another key, or is malformed. */
export function decryptPrivateKey(encrypted: Uint8Array, kid: string, secret: string): Uint8Array | undefined {
  if (encrypted.byteLength !== nonceBytes + seedBytes + tagBytes) return undefined;
  const end = nonceBytes + seedBytes;
  const nonce = encrypted.subarray(0, nonceBytes);
  const decipher = createDecipheriv("aes-256-gcm", encryptionKey(secret), nonce, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(kid)).setAuthTag(encrypted.subarray(end));
  try {
    return Buffer.concat([decipher.update(encrypted.subarray(nonceBytes, end)), decipher.final()]);
  } catch {
    // encrypted under another secret, or changed since
  }
  return undefined;
}

/** Derived once for each secret: there are two at most. */
const encryptionKeys = new LRUCache<string, Uint8Array>({ max: 4, memoMethod: deriveEncryptionKey });

function encryptionKey(secret: string): Uint8Array {
  return encryptionKeys.memo(secret);
}

function deriveEncryptionKey(secret: string): Uint8Array {
  return Buffer.from(hkdfSync("sha256", secret, "", "watchword/signing-key/v1/seal", 32));
}
