import { createHmac } from "node:crypto";
import { parse as parseUuid, stringify as stringifyUuid } from "uuid";

/** What is inside a refresh token. */
export interface RefreshToken {
  /** UUID of the session. */
  sessionId: string;
  /** A hint for telling a token of the future from one of the past. Never trusted alone. */
  generation: number;
  /** 16 octets that all tokens of one session share: proof that the presenter once held one of them. */
  familySecret: Uint8Array;
  /** 32 octets that only this token has. */
  secret: Uint8Array;
}

const prefix = "rt1.";
const payloadBytes = 16 + 4 + 16 + 32;
const encodedLength = Math.ceil((payloadBytes * 4) / 3);
const shape = /^rt1\.[A-Za-z0-9_-]+$/;
const highestGeneration = 0xffff_ffff;

/** The token's text: `rt1.` and base64url of session id (16) | generation (u32) | family secret (16) | secret (32). */
export function formatRefreshToken(token: RefreshToken): string {
  const payload = Buffer.alloc(payloadBytes);
  payload.set(parseUuid(token.sessionId), 0);
  payload.writeUInt32BE(token.generation, 16);
  payload.set(token.familySecret, 20);
  payload.set(token.secret, 36);
  return prefix + payload.toString("base64url");
}

/**
 * Reads a token's text, strictly: prefix, alphabet, exact length, and the one spelling that `formatRefreshToken` makes.
 * Returns undefined for anything else; it never throws, because the text is untrusted.
 */
export function parseRefreshToken(text: string): RefreshToken | undefined {
  if (text.length !== prefix.length + encodedLength || !shape.test(text)) return undefined;
  const payload = Buffer.from(text.slice(prefix.length), "base64url");
  if (prefix + payload.toString("base64url") !== text) return undefined;
  let sessionId: string;
  try {
    sessionId = stringifyUuid(payload.subarray(0, 16));
  } catch {
    return undefined; // sixteen octets that are no UUID: not a session of ours
  }
  return {
    sessionId,
    generation: payload.readUInt32BE(16),
    familySecret: payload.subarray(20, 36),
    secret: payload.subarray(36, 68),
  };
}

/**
 * The one successor of a token under a salt: HMAC-SHA-256 keyed by the token's own secret. Derived, not generated, so that
 * a client whose reply was lost gets the same successor again without the server keeping it; salted, so that an old
 * token together with an old copy of the database yields nothing.
 *
 * @param generation the successor's own
 */
export function deriveNextToken(token: RefreshToken, generation: number, salt: Uint8Array): RefreshToken {
  if (generation > highestGeneration) throw new RangeError("The session was rotated too often");
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(generation);
  const secret = createHmac("sha256", token.secret)
    .update("rt1")
    .update(parseUuid(token.sessionId))
    .update(counter)
    .update(salt)
    .digest();
  return { sessionId: token.sessionId, generation, familySecret: token.familySecret, secret };
}
