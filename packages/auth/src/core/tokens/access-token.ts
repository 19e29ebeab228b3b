import type { webcrypto } from "node:crypto";
import { LRUCache } from "lru-cache";
import { AuthError } from "../domain/errors.ts";
import { type Role, roles } from "../domain/model.ts";
import { clockToleranceSeconds, verifiedTokensKept } from "../domain/settings.ts";
import { isCanonicalCompact, parseObject, signJws, verifyJws } from "./jws.ts";
import type { KeyRing } from "./key-ring.ts";
import { isTrusted } from "./key-schedule.ts";

/** The claims of an access token (RFC 9068 section 2.2, and the names of the user). */
export interface AccessTokenClaims {
  /** UUID of the user. */
  sub: string;
  /** UUID of the session. */
  sid: string;
  /** UUID of this token. */
  jti: string;
  username: string;
  email: string;
  name: string;
  role: Role;
  /** The user's `claimsVersion` when the token was made. */
  ver: number;
  /** The session's generation when the token was made. */
  gen: number;
  /** How the user proved who they are at the login (RFC 8176). Informs, and decides nothing. */
  amr: readonly string[];
  /** When they last did, in seconds since 1970 (RFC 9068 section 2.2.1). Informs, and decides nothing. */
  auth_time: number;
  /** Seconds since 1970. */
  iat: number;
  exp: number;
}

/** What a token says, and the id of the key that signed it. */
export interface VerifiedToken {
  claims: AccessTokenClaims;
  kid: string;
}

export interface AccessTokens {
  sign(claims: AccessTokenClaims): Promise<string>;
  /**
   * Checks form, algorithm, signature, type, issuer, audience and times, in this order (RFC 8725 section 3).
   *
   * @param nowSeconds seconds since 1970
   * @param options.acceptExpired for a logout, which an expired token is enough for
   * @throws {AuthError} `access_token_invalid` | `access_token_expired`, also of one whose key is no longer trusted
   */
  verify(token: string, nowSeconds: number, options?: { acceptExpired?: boolean }): Promise<VerifiedToken>;
  /**
   * The same for a token whose signature was checked before; undefined for any other.
   *
   * @throws {AuthError} what `verify` rejects with
   */
  verifyKnown(token: string, nowSeconds: number): VerifiedToken | undefined;
  /**
   * Checks that a key is still trusted, by the version that the store has for its keys now: another process may have replaced
   * them since. Costs a comparison when the version is the same.
   *
   * @returns a promise only where the keys have to be read again
   * @throws {AuthError} `access_token_expired`
   */
  recheckKey(
    kid: string,
    keyRingVersion: number,
    nowSeconds: number,
    options?: { acceptExpired?: boolean },
  ): Promise<void> | undefined;
}

const type = "at+jwt";
/** The longest that may be set (`accessTokenTtlSeconds`). A token that lives longer was signed by none of us (RFC 8725 section 3.10). */
const longestLifeSeconds = 86_400;
const uuidShape = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Makes the signer and verifier of access tokens.
 *
 * @param issuer the `iss` and `aud` of every token
 */
export function createAccessTokens({ keys, issuer }: { keys: KeyRing; issuer: string }): AccessTokens {
  // A valid signature stays valid. What can change, the time, the key and the session, is checked at every call.
  const verified = new LRUCache<string, VerifiedToken>({ max: verifiedTokensKept });

  async function verifyOnce(token: string): Promise<VerifiedToken> {
    const found = Object.freeze(await checkToken(token, keys, issuer));
    verified.set(token, found);
    return found;
  }

  function rejectKey(kid: string, nowSeconds: number, acceptExpired: boolean): void {
    const times = keys.known(kid)?.times;
    const isKeyTrusted = times && (acceptExpired ? times.revokedAt === null : isTrusted(times, nowSeconds * 1000));
    if (!isKeyTrusted) throw new AuthError("access_token_expired");
  }

  function checkTimes(found: VerifiedToken, nowSeconds: number, acceptExpired: boolean): VerifiedToken {
    const { claims, kid } = found;
    rejectKey(kid, nowSeconds, acceptExpired);
    // The clock of another server may be ahead, and ours may have jumped back: then the signature is still ours, and a
    // refresh fixes it, where "invalid" would log the user out.
    const fromTheFuture = claims.iat > nowSeconds + clockToleranceSeconds;
    if (!acceptExpired && (claims.exp <= nowSeconds || fromTheFuture)) throw new AuthError("access_token_expired");
    return found;
  }

  return {
    async sign(claims) {
      return signJws(type, { iss: issuer, aud: issuer, ...claims }, await keys.signer());
    },

    async verify(token, nowSeconds, { acceptExpired = false } = {}) {
      return checkTimes(verified.get(token) ?? (await verifyOnce(token)), nowSeconds, acceptExpired);
    },

    verifyKnown(token, nowSeconds) {
      const found = verified.get(token);
      return found && checkTimes(found, nowSeconds, false);
    },

    recheckKey(kid, keyRingVersion, nowSeconds, { acceptExpired = false } = {}) {
      const reading = keys.follow(keyRingVersion);
      if (reading) return reading.then(() => rejectKey(kid, nowSeconds, acceptExpired));
      rejectKey(kid, nowSeconds, acceptExpired);
      return undefined;
    },
  };
}

/** Reads when a token expires, in seconds since 1970, without trusting it: to decide whether a refresh is due. */
export function peekExpiry(token: string): number | undefined {
  if (!isCanonicalCompact(token)) return undefined;
  try {
    const { exp } = parseObject(Buffer.from(token.split(".")[1] ?? "", "base64url"));
    if (Number.isSafeInteger(exp)) return exp as number;
  } catch {
    // not one of ours
  }
  return undefined;
}

async function checkToken(token: string, keys: KeyRing, issuer: string): Promise<VerifiedToken> {
  const { header, payload } = await verifyJws(token, (kid) => findKey(keys, kid));
  if (!isAccessTokenType(header.typ)) throw new AuthError("access_token_invalid");
  return { claims: Object.freeze(readClaims(parseObject(payload), issuer)), kid: header.kid ?? "" };
}

async function findKey(keys: KeyRing, kid: unknown): Promise<webcrypto.CryptoKey> {
  if (typeof kid !== "string") throw new AuthError("access_token_invalid");
  const found = await keys.find(kid);
  if (found) return found.publicKey;
  throw new AuthError(keys.hasRetired(kid) ? "access_token_expired" : "access_token_invalid");
}

/** A media type, so in any case and with or without its first half (RFC 9068 section 4, RFC 7515 section 4.1.9). */
function isAccessTokenType(typ: unknown): boolean {
  if (typeof typ !== "string") return false;
  const name = typ.toLowerCase();
  return name === type || name === `application/${type}`;
}

/** A signed token still has to have the claims that we sign: another kind of token of ours must not pass for one. */
function readClaims(payload: Record<string, unknown>, issuer: string): AccessTokenClaims {
  const { sub, sid, jti, username, email, name, role, ver, gen, amr, auth_time, iat, exp } = payload;
  // We write one of each. A list of audiences, or a time before which it does not hold, is nothing that we signed.
  if (payload.iss !== issuer || payload.aud !== issuer || "nbf" in payload) throw new AuthError("access_token_invalid");
  const texts = [sub, sid, jti, username, email, name];
  const numbers = [ver, gen, auth_time, iat, exp];
  const whole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!texts.every((value) => typeof value === "string") || !numbers.every(whole)) {
    throw new AuthError("access_token_invalid");
  }
  if (!isTexts(amr)) throw new AuthError("access_token_invalid");
  const life = (exp as number) - (iat as number);
  if (life < 0 || life > longestLifeSeconds) throw new AuthError("access_token_invalid");
  if (!(roles as readonly unknown[]).includes(role)) throw new AuthError("access_token_invalid");
  if (![sub, sid, jti].every((id) => uuidShape.test(id as string))) throw new AuthError("access_token_invalid");
  return { sub, sid, jti, username, email, name, role, ver, gen, amr, auth_time, iat, exp } as AccessTokenClaims;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string");
}
