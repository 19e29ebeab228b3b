import { v7 as uuidv7 } from "uuid";
import type { RandomBytes } from "./clock.ts";

const longestUserAgent = 512;

/** A user agent is text from an untrusted client: cut to a bounded length, without characters that a database rejects. */
export function storableUserAgent(userAgent: string | null): string | null {
  return userAgent?.slice(0, longestUserAgent).toWellFormed() ?? null;
}

/** A UUID of version 7 (RFC 9562 section 5.7): ids of rows, ordered by time. Never a secret. */
export function newId(now: number, randomBytes: RandomBytes): string {
  return uuidv7({ msecs: now, random: randomBytes(16) });
}
