import { createHmac } from "node:crypto";
import type { RandomBytes } from "../../domain/clock.ts";

/**
 * A key that is mixed into passwords and kept apart from the database, so that a stolen database alone cannot be
 * guessed at. Losing it locks everybody out whose hash names it; that is why there is none by default.
 */
export interface Pepper {
  /** Written into every hash that was made with it: 1 to 32 of `a-z 0-9 _ -`, beginning with a letter or a digit. */
  id: string;
  /** At least 32 octets of UTF-8. */
  secret: string;
}

/**
 * What the text that is stored for a password says about how it was made. `own`: by us. `plain`: by another system that
 * gave the password to bcrypt as typed. `unusable`: nothing that can, or should, be compared with.
 */
export type StoredPassword =
  | { kind: "own"; bcrypt: string; cost: number; pepperId: string | undefined }
  | { kind: "plain"; bcrypt: string; cost: number }
  | { kind: "unusable"; why: "malformed" | "cost_out_of_bounds" };

/** bcrypt's own bounds are 4 and 31. The upper one is the caller's: a comparison at 31 takes more than a day. */
export const bcryptLeastCost = 4;

const scheme = "ww1.hmac-sha384";
const noPepper = "none";
const ownShape = /^ww1\.hmac-sha384\.([a-z0-9][a-z0-9_-]{0,31})\.(\$2b\$(\d\d)\$[./A-Za-z0-9]{53})$/;
const plainShape = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
const pepperIdShape = /^[a-z0-9][a-z0-9_-]{0,31}$/;

/** Reads what is stored, strictly: the whole text, and the cost before anything is hashed (fault case P08). */
export function parseStoredPassword(stored: string, maxCost: number): StoredPassword {
  const own = ownShape.exec(stored);
  const bcrypt = own?.[2] ?? stored;
  const digits = own?.[3] ?? plainShape.exec(stored)?.[1];
  if (digits === undefined) return { kind: "unusable", why: "malformed" };
  const cost = Number(digits);
  if (cost < bcryptLeastCost || cost > maxCost) return { kind: "unusable", why: "cost_out_of_bounds" };
  if (!own) return { kind: "plain", bcrypt: withCanonicalEnds(bcrypt), cost };
  const pepperId = own[1] === noPepper ? undefined : own[1];
  return { kind: "own", bcrypt: withCanonicalEnds(bcrypt), cost, pepperId };
}

/** `ww1.hmac-sha384.<pepper's id, or none>.<bcrypt>`: 83 characters without a pepper, at most 111 with one. */
export function formatStoredPassword(bcrypt: string, pepperId: string | undefined): string {
  return `${scheme}.${pepperId ?? noPepper}.${bcrypt}`;
}

/** True for an id that `formatStoredPassword` can write and `parseStoredPassword` reads back. */
export function isPepperId(id: string): boolean {
  return id !== noPepper && pepperIdShape.test(id);
}

const publicKey = "watchword/password/v1";

/**
 * What bcrypt gets to see of a password: HMAC-SHA-384 of its NFKC form, in base64. Always 64 characters, so that each
 * character of a password of any length counts although bcrypt reads 72 bytes only (ASVS 6.2.8, 6.2.9), and none of
 * them is a NUL. NFKC, because the same password is typed in different bytes on different keyboards (NIST SP 800-63B-4
 * section 3.1.1.2). Without a U+FEFF in front: it is invisible, it comes along when a password is pasted, and of the ways in
 * which a form is sent one takes it for the mark of an encoding and drops it.
 *
 * The key is public and constant: it tells these hashes from SHA-384 hashes that leaked elsewhere (which could be tried
 * as passwords otherwise), and no lost secret ever locks a user out. A pepper, if there is one, is mixed in on top.
 */
export function prehashPassword(password: string, pepper?: Pepper): string {
  const digest = createHmac("sha384", publicKey)
    .update(password.replace(/^\uFEFF/, "").normalize("NFKC"))
    .digest();
  if (!pepper) return digest.toString("base64");
  return createHmac("sha384", pepper.secret).update(digest).digest("base64");
}

const bcryptAlphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const saltLength = "$2b$12$".length + 22;
const digestLength = 31;

/** A fresh bcrypt salt of 128 random bits, `$2b$<cost>$` and 22 characters: what bcrypt calls a setting. */
export function makeBcryptSalt(cost: number, randomBytes: RandomBytes): string {
  return makeUnguessableBcrypt(cost, randomBytes).slice(0, saltLength);
}

/**
 * A bcrypt hash of nothing: 128 random bits of salt and 184 random bits of digest. Comparing with it costs what
 * comparing with a real one does, and no password is known, nor can be found, that matches it.
 */
export function makeUnguessableBcrypt(cost: number, randomBytes: RandomBytes): string {
  let text = `$2b$${String(cost).padStart(2, "0")}$`;
  for (const byte of randomBytes(22 + digestLength)) text += bcryptAlphabet.charAt(byte % bcryptAlphabet.length);
  return withCanonicalEnds(text);
}

/** The same hash as if it had been made at another cost: good for a hash of nothing. */
export function withCost(bcrypt: string, cost: number): string {
  return `${bcrypt.slice(0, 4)}${String(cost).padStart(2, "0")}${bcrypt.slice(6)}`;
}

/** The salt inside a bcrypt hash of 60 characters, as `makeBcryptSalt` would write it. */
export function saltOfBcrypt(bcrypt: string): string {
  return bcrypt.slice(0, saltLength);
}

/**
 * The last character of the salt holds 2 bits and that of the digest 4; the others are unused, and some libraries fill
 * them with noise. Cleared here, for otherwise such a hash would never match.
 */
function withCanonicalEnds(bcrypt: string): string {
  const salt = clearLowBits(bcrypt.slice(0, saltLength), 4);
  return salt + clearLowBits(bcrypt.slice(saltLength), 2);
}

function clearLowBits(text: string, bits: number): string {
  const value = bcryptAlphabet.indexOf(text.slice(-1));
  return text.slice(0, -1) + bcryptAlphabet.charAt((value >> bits) << bits);
}
