import { hkdfSync, webcrypto } from "node:crypto";
import { errors as joseErrors, jwtVerify, SignJWT } from "jose";
import { LRUCache } from "lru-cache";
import { clockToleranceSeconds, verifiedTokensKept } from "./config.ts";
import { AuthError } from "./errors.ts";
import { type Role, roles } from "./store.ts";

/** The claims of an access token (RFC 9068 section 2.2, plus who it is in words). */
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
  /** Seconds since 1970. */
  iat: number;
  exp: number;
}

export interface AccessTokens {
  sign(claims: AccessTokenClaims): Promise<string>;
  /**
   * Checks form, algorithm, signature, type, issuer, audience and times, in this order (RFC 8725 section 3).
   *
   * @param nowSeconds seconds since 1970
   * @param options.acceptExpired for logout, which a token that has run out can still ask for
   * @throws {AuthError} `access_token_invalid` | `access_token_expired`
   */
  verify(token: string, nowSeconds: number, options?: { acceptExpired?: boolean }): Promise<AccessTokenClaims>;
}

interface SigningKey {
  id: string;
  key: webcrypto.CryptoKey;
}

/** One pinned algorithm: both sides of every token are this server. HMAC needs no key to publish and none to steal twice. */
const algorithm = "HS256";
const type = "at+jwt";
/** Far above the longest token that we make, far below what would be worth parsing. */
const longestToken = 4096;
const compactShape = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/;
const uuidShape = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Makes the signer and verifier of access tokens.
 *
 * @param secrets see `AuthOptions.secrets`: the first signs, each verifies what it once signed
 * @param issuer the `iss` and `aud` of every token
 */
export function createAccessTokens({ secrets, issuer }: { secrets: readonly string[]; issuer: string }): AccessTokens {
  // A signature that held once holds for ever. What can change, the time and the session, is asked again at every call.
  const verified = new LRUCache<string, AccessTokenClaims>({ max: verifiedTokensKept });
  let loaded: Promise<readonly SigningKey[]> | undefined;
  // Imported once: importing a key for each call costs five times the verification itself.
  const keys = () => {
    loaded ??= Promise.all(secrets.map(deriveKey));
    return loaded;
  };

  async function verifyOnce(token: string): Promise<AccessTokenClaims> {
    if (!isCanonicalCompact(token)) throw new AuthError("access_token_invalid");
    const claims = Object.freeze(await checkSignature(token, await keys(), issuer));
    verified.set(token, claims);
    return claims;
  }

  return {
    async sign(claims) {
      const [current] = await keys();
      if (!current) throw new AuthError("internal_error");
      return new SignJWT({ ...claims })
        .setProtectedHeader({ alg: algorithm, typ: type, kid: current.id })
        .setIssuer(issuer)
        .setAudience(issuer)
        .sign(current.key);
    },

    async verify(token, nowSeconds, { acceptExpired = false } = {}) {
      const claims = verified.get(token) ?? (await verifyOnce(token));
      // The clock of another server may be ahead, and ours may have jumped back: then the signature is still ours, and a
      // refresh puts things right, where "invalid" would send an honest person away.
      const fromTheFuture = claims.iat > nowSeconds + clockToleranceSeconds;
      if (!acceptExpired && (claims.exp <= nowSeconds || fromTheFuture)) throw new AuthError("access_token_expired");
      return claims;
    },
  };
}

/** Reads when a token runs out, in seconds since 1970, without trusting it: for deciding whether a refresh is due. */
export function peekExpiry(token: string): number | undefined {
  if (!isCanonicalCompact(token)) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    const exp = typeof claims === "object" && claims !== null && "exp" in claims ? claims.exp : undefined;
    return typeof exp === "number" && Number.isSafeInteger(exp) ? exp : undefined;
  } catch {
    return undefined;
  }
}

/** HKDF (RFC 5869) under its own label, so that no other use of the secret can be played against this one. */
async function deriveKey(secret: string): Promise<SigningKey> {
  const bytes = Buffer.from(hkdfSync("sha256", secret, "", "watchword/access-token/v1/HS256", 32));
  const id = Buffer.from(hkdfSync("sha256", secret, "", "watchword/access-token/v1/kid", 9)).toString("base64url");
  const key = await webcrypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
    "verify",
  ]);
  return { id, key };
}

/** jose takes white space, padding and loose trailing bits inside a token; one token must have one spelling. */
function isCanonicalCompact(token: string): boolean {
  if (token.length > longestToken || !compactShape.test(token)) return false;
  return token.split(".").every((part) => Buffer.from(part, "base64url").toString("base64url") === part);
}

async function checkSignature(token: string, keys: readonly SigningKey[], issuer: string): Promise<AccessTokenClaims> {
  try {
    const { payload } = await jwtVerify(
      token,
      ({ kid }) => {
        const found = keys.find((key) => key.id === kid);
        if (!found) throw new joseErrors.JWSSignatureVerificationFailed();
        return found.key;
      },
      // Times are checked by the caller, against the given clock; jose looks at no clock of its own when it is told a
      // date at which the token must hold, and any token holds at its own start.
      { algorithms: [algorithm], typ: type, issuer, audience: issuer, currentDate: startOf(token) },
    );
    return readClaims(payload);
  } catch (cause) {
    throw cause instanceof AuthError ? cause : new AuthError("access_token_invalid");
  }
}

function startOf(token: string): Date {
  const exp = peekExpiry(token);
  if (exp === undefined) throw new AuthError("access_token_invalid");
  return new Date((exp - 1) * 1000);
}

/** A signed token still has to have the claims that we sign: another kind of token of ours must not pass for one. */
function readClaims(payload: Record<string, unknown>): AccessTokenClaims {
  const { sub, sid, jti, username, email, name, role, ver, gen, iat, exp } = payload;
  const texts = [sub, sid, jti, username, email, name];
  const numbers = [ver, gen, iat, exp];
  const whole = (value: unknown): boolean => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
  if (!texts.every((value) => typeof value === "string") || !numbers.every(whole)) {
    throw new AuthError("access_token_invalid");
  }
  if (!(roles as readonly unknown[]).includes(role)) throw new AuthError("access_token_invalid");
  if (![sub, sid, jti].every((id) => uuidShape.test(id as string))) throw new AuthError("access_token_invalid");
  return { sub, sid, jti, username, email, name, role, ver, gen, iat, exp } as AccessTokenClaims;
}
