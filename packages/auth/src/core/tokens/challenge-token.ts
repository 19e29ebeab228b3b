import { parse as parseUuid, stringify as stringifyUuid } from "uuid";
import type { RandomBytes } from "../domain/clock.ts";
import { hashSecret } from "../domain/secrets.ts";

const prefix = "ch1.";
const secretBytes = 32;
const payloadBytes = 16 + secretBytes;
const shape = /^ch1\.[A-Za-z0-9_-]{64}$/;

/** What a client holds of its challenge: the text `ch1.` and base64url of id (16) | secret (32). The store keeps only the hash. */
export function generateChallengeToken(
  id: string,
  randomBytes: RandomBytes,
): { token: string; secretHash: Uint8Array } {
  const secret = randomBytes(secretBytes);
  const payload = Buffer.concat([parseUuid(id), secret]);
  return { token: prefix + payload.toString("base64url"), secretHash: hashSecret(secret) };
}

/** Reads the text strictly. Undefined for anything else; it never throws, because the text is untrusted. */
export function parseChallengeToken(text: string | undefined): { id: string; secretHash: Uint8Array } | undefined {
  if (text === undefined || !shape.test(text)) return undefined;
  const payload = Buffer.from(text.slice(prefix.length), "base64url");
  if (payload.length !== payloadBytes) return undefined;
  try {
    return { id: stringifyUuid(payload.subarray(0, 16)), secretHash: hashSecret(payload.subarray(16)) };
  } catch {
    return undefined; // sixteen octets that are no UUID: not a challenge of ours
  }
}
