import { v7 as uuidv7 } from "uuid";
import type { RandomBytes } from "./clock.ts";

const longestUserAgent = 512;

/** What a browser calls itself is anybody's text: of a bounded length, and nothing that a database would choke on. */
export function storableUserAgent(userAgent: string | null): string | null {
  return userAgent?.slice(0, longestUserAgent).toWellFormed() ?? null;
}

/** A UUID of version 7 (RFC 9562 section 5.7): ids of rows, ordered by time. Never a secret. */
export function newId(now: number, randomBytes: RandomBytes): string {
  return uuidv7({ msecs: now, random: randomBytes(16) });
}
