import type { webcrypto } from "node:crypto";
import { compactVerify, type JWSHeaderParameters } from "jose";
import { AuthError } from "../domain/errors.ts";
import { type SigningKey, signingAlgorithm } from "./signing-key.ts";
import { findJsonError } from "./strict-json.ts";

/** Far above the longest token that we make, far below what would be worth parsing. */
const longestToken = 4096;
const compactShape = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}$/;

/**
 * Whether a text is the one spelling that its token has. jose takes white space, padding and loose trailing bits inside a
 * token; whatever has two spellings can be told apart by one that remembers and another that compares (RFC 7515 section 2,
 * RFC 4648 section 3.5).
 */
export function isCanonicalCompact(token: string): boolean {
  if (token.length > longestToken || !compactShape.test(token)) return false;
  return token.split(".").every((part) => Buffer.from(part, "base64url").toString("base64url") === part);
}

/**
 * Signs a JSON object with Ed25519, in the compact form (RFC 7515 section 5.1). At once: through WebCrypto a signature takes a
 * thread and a promise, which cost four times as much as the signature. What it makes is held against jose in the tests.
 */
export function signJws(typ: string, payload: object, { kid, sign }: Pick<SigningKey, "kid" | "sign">): string {
  const signed = `${encoded({ alg: signingAlgorithm, typ, kid })}.${encoded(payload)}`;
  return `${signed}.${sign(Buffer.from(signed)).toString("base64url")}`;
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

/**
 * Checks form, algorithm and signature of a JWS in its compact form (RFC 7515 section 5.2), signed with Ed25519 (RFC 8037) and
 * nothing else, whatever its header says.
 *
 * @param keyOf gives the key of an id; nothing but that is taken from the header: `jku`, `x5u` and `jwk` would let a token
 * bring its own key. What it throws is thrown on
 * @throws {AuthError} `access_token_invalid`
 */
export async function verifyJws(
  token: string,
  keyOf: (kid: unknown) => Promise<webcrypto.CryptoKey>,
): Promise<{ header: JWSHeaderParameters; payload: Uint8Array }> {
  if (!isCanonicalCompact(token)) throw new AuthError("access_token_invalid");
  try {
    const { payload, protectedHeader } = await compactVerify(token, ({ kid }) => keyOf(kid), {
      algorithms: [signingAlgorithm],
    });
    const [header = ""] = token.split(".");
    const { crit } = parseObject(Buffer.from(header, "base64url"));
    // No extension is understood here, not even the one that jose knows (`b64`, RFC 7797).
    if (crit !== undefined) throw new AuthError("access_token_invalid");
    return { header: protectedHeader, payload };
  } catch (cause) {
    throw cause instanceof AuthError ? cause : new AuthError("access_token_invalid");
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads a JSON object that has each name once (RFC 7515 section 4, RFC 7519 section 4).
 *
 * @throws {AuthError} `access_token_invalid`
 */
export function parseObject(octets: Uint8Array): Record<string, unknown> {
  try {
    const text = utf8.decode(octets);
    const parsed: unknown = findJsonError(text) === undefined ? JSON.parse(text) : undefined;
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // no UTF-8, or no JSON
  }
  throw new AuthError("access_token_invalid");
}
