import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { RandomBytes } from "../src/core/domain/clock.ts";
import { formatRefreshToken } from "../src/core/tokens/refresh-token.ts";

export type Row = [name: string, token: string];

/** The right token taken apart, and what makes a wrong token of it. */
export interface ForgerTools {
  token: string;
  header: string;
  payload: string;
  signature: string;
  rightHeader: Record<string, unknown>;
  rightPayload: Record<string, unknown>;
  claims: { exp: number; iat: number; sid: string };
  publicJwk: { x: string };
  anotherKey: KeyObject;
  /** Signs a token. Objects are written as JSON; strings as they are. */
  forge(part: { header?: unknown; payload?: unknown; key?: KeyObject }): string;
  /** A token with an HMAC under a public value, for a verifier that lets the token choose the algorithm. */
  forgeHmac(alg: string, key: string | Buffer): string;
  /** The right token with other octets for a signature. */
  signedWith(octets: Uint8Array): string;
  without(name: string): Record<string, unknown>;
  withClaim(changes: object): string;
  withHeader(changes: object): string;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

export const encode = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

export const decode = (part: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(part, "base64url").toString("utf8"));

export function wrongAlgorithms(
  { payload, rightHeader, publicJwk, forge, forgeHmac, withHeader }: ForgerTools,
  secret: string,
): Row[] {
  const rs256 = () => {
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const signed = `${encode({ ...rightHeader, alg: "RS256" })}.${payload}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), rsa.privateKey).toString("base64url")}`;
  };
  return [
    ["alg none, no signature", `${encode({ ...rightHeader, alg: "none" })}.${payload}.`],
    ["alg none, with the signature", withHeader({ alg: "none" })],
    ["alg None", withHeader({ alg: "None" })],
    ["alg eddsa", withHeader({ alg: "eddsa" })],
    ["alg Ed25519", withHeader({ alg: "Ed25519" })],
    ["alg HS256, an EdDSA signature below", withHeader({ alg: "HS256" })],
    ["alg HS256 under the public key", forgeHmac("HS256", publicJwk.x)],
    ["alg HS256 under the public key's octets", forgeHmac("HS256", Buffer.from(publicJwk.x, "base64url"))],
    ["alg HS512 under the public JWK", forgeHmac("HS512", JSON.stringify(publicJwk))],
    ["alg HS256 under the secret that seals", forgeHmac("HS256", secret)],
    ["alg HS256 under nothing", forgeHmac("HS256", "")],
    ["alg RS256, signed so", rs256()],
    ["alg RS256, an EdDSA signature below", withHeader({ alg: "RS256" })],
    ["alg missing", forge({ header: { typ: "at+jwt", kid: rightHeader.kid } })],
    ["alg a list", withHeader({ alg: ["EdDSA"] })],
  ];
}

export function wrongHeaders({ rightHeader, forge, withHeader }: ForgerTools): Row[] {
  return [
    ["typ JWT", withHeader({ typ: "JWT" })],
    ["typ missing", forge({ header: { alg: "EdDSA", kid: rightHeader.kid } })],
    ["typ rt+jwt", withHeader({ typ: "rt+jwt" })],
    ["kid unknown", withHeader({ kid: "AAAAAAAAAAAA" })],
    ["kid missing", forge({ header: { alg: "EdDSA", typ: "at+jwt" } })],
    ["kid empty", withHeader({ kid: "" })],
    ["kid a path", withHeader({ kid: "../../dev/null" })],
    ["kid not a text", withHeader({ kid: 0 })],
    ["crit that nobody knows", withHeader({ crit: ["x"], x: 1 })],
    ["payload not encoded", withHeader({ crit: ["b64"], b64: false })],
    ["crit empty", withHeader({ crit: [] })],
    ["crit a text", withHeader({ crit: "exp" })],
    ["crit of what is not there", withHeader({ crit: ["exp"] })],
    [
      "compressed",
      withHeader({ zip: "DEF" }).replace(/^[^.]+/, (part) => encode({ ...decode(part), zip: "GZIP", crit: ["zip"] })),
    ],
    ["kid with a quote of SQL", withHeader({ kid: "' UNION SELECT 'x" })],
    ["kid with a NUL", withHeader({ kid: `${String(rightHeader.kid)}\0` })],
    ["kid with a space", withHeader({ kid: ` ${String(rightHeader.kid)}` })],
    ["kid in another case", withHeader({ kid: String(rightHeader.kid).toLowerCase() })],
    ["kid an object", withHeader({ kid: { toString: rightHeader.kid } })],
    ["kid __proto__", withHeader({ kid: "__proto__" })],
    ["typ an ID token's", withHeader({ typ: "id+jwt" })],
    ["typ a logout token's", withHeader({ typ: "logout+jwt" })],
    ["typ with something behind it", withHeader({ typ: "at+jwt; x" })],
  ];
}

export function wrongKeysAndSignatures({ signature, rightHeader, anotherKey, forge, signedWith }: ForgerTools): Row[] {
  return [
    [
      "the key inside the token",
      forge({
        header: { ...rightHeader, kid: undefined, jwk: anotherKey.export({ format: "jwk" }) },
        key: anotherKey,
      }),
    ],
    ["signed with another key under this one's id", forge({ key: anotherKey })],
    [
      "the key somewhere else",
      forge({ header: { ...rightHeader, jku: "https://evil.test/jwks.json" }, key: anotherKey }),
    ],
    ["a certificate's address", forge({ header: { ...rightHeader, x5u: "https://evil.test/cert" }, key: anotherKey })],
    ["a certificate inside", forge({ header: { ...rightHeader, x5c: ["MIIB"] }, key: anotherKey })],
    ["no signature at all", signedWith(new Uint8Array(0))],
    ["a signature of zeros", signedWith(new Uint8Array(64))],
    ["a signature of ones", signedWith(new Uint8Array(64).fill(255))],
    ["a signature a byte short", signedWith(Buffer.from(signature, "base64url").subarray(0, 63))],
    [
      "a signature whose S was made larger by the order of the group (RFC 8032 section 5.1.7)",
      signedWith(plusOrder(signature)),
    ],
    [
      "the point of small order for R",
      signedWith(Buffer.concat([Buffer.from([1]), Buffer.alloc(31), Buffer.from(signature, "base64url").subarray(32)])),
    ],
  ];
}

export function wrongTimes({ rightPayload, claims, forge, without, withClaim }: ForgerTools): Row[] {
  const rawExp = (exp: string) => forge({ payload: JSON.stringify(rightPayload).replace(/"exp":\d+/, `"exp":${exp}`) });
  return [
    ["exp missing", forge({ payload: without("exp") })],
    ["exp a text", withClaim({ exp: String(claims.exp) })],
    ["exp null", withClaim({ exp: null })],
    ["exp negative", withClaim({ exp: -1 })],
    ["exp a fraction", withClaim({ exp: claims.exp + 0.5 })],
    ["exp 1e400", rawExp("1e400")],
    ["exp 1e300", rawExp("1e300")],
    ["exp -1e400", rawExp("-1e400")],
    ["exp the largest whole number", rawExp(String(Number.MAX_SAFE_INTEGER))],
    ["exp beyond what a date can be", rawExp("8640000000002")],
    ["iat missing", forge({ payload: without("iat") })],
    ["iat a text", withClaim({ iat: String(claims.iat) })],
    ["iat negative", withClaim({ iat: -1 })],
    ["gen missing", forge({ payload: without("gen") })],
    ["gen negative", withClaim({ gen: -1 })],
    ["gen a text", withClaim({ gen: "3" })],
    ["amr missing", forge({ payload: without("amr") })],
    ["amr empty", withClaim({ amr: [] })],
    ["amr a text", withClaim({ amr: "pwd" })],
    ["amr of numbers", withClaim({ amr: [1] })],
    ["auth_time missing", forge({ payload: without("auth_time") })],
    ["auth_time a text", withClaim({ auth_time: "1" })],
    ["auth_time a fraction", withClaim({ auth_time: claims.iat + 0.5 })],
    ["nbf later than its end", withClaim({ nbf: claims.exp + 1 })],
    ["iat a fraction", withClaim({ iat: claims.iat + 0.25 })],
  ];
}

export function wrongClaims({ rightPayload, claims, forge, without, withClaim }: ForgerTools, issuer: string): Row[] {
  return [
    ["iss another", withClaim({ iss: "https://evil.test" })],
    ["iss missing", forge({ payload: without("iss") })],
    ["iss a list", withClaim({ iss: [issuer] })],
    ["iss with a slash", withClaim({ iss: `${issuer}/` })],
    ["aud another", withClaim({ aud: "https://evil.test" })],
    ["aud missing", forge({ payload: without("aud") })],
    ["aud an empty list", withClaim({ aud: [] })],
    ["sub missing", forge({ payload: without("sub") })],
    ["sub no UUID", withClaim({ sub: "1" })],
    ["sub an object", withClaim({ sub: { toString: "x" } })],
    ["sid missing", forge({ payload: without("sid") })],
    ["sid in upper case", withClaim({ sid: claims.sid.toUpperCase() })],
    ["sid no UUID", withClaim({ sid: "' OR 1=1 --" })],
    ["jti missing", forge({ payload: without("jti") })],
    ["username missing", forge({ payload: without("username") })],
    ["name a number", withClaim({ name: 1 })],
    ["role one that there is not", withClaim({ role: "root" })],
    ["role a list", withClaim({ role: ["user"] })],
    ["role missing", forge({ payload: without("role") })],
    ["ver missing", forge({ payload: without("ver") })],
    ["ver a text", withClaim({ ver: "1" })],
    ["ver a fraction", withClaim({ ver: 1.5 })],
    ["sub null", withClaim({ sub: null })],
    ["sub a list", withClaim({ sub: [rightPayload.sub] })],
    [
      "sub of another in __proto__",
      forge({
        payload: JSON.stringify(without("sub")).replace(/^{/, `{"__proto__":{"sub":"${String(rightPayload.sub)}"},`),
      }),
    ],
    ["email missing", forge({ payload: without("email") })],
    ["iss in another case", withClaim({ iss: issuer.toUpperCase() })],
    ["aud a part of ours", withClaim({ aud: issuer.slice(0, -1) })],
  ];
}

export function wrongShapes({ rightPayload, forge }: ForgerTools): Row[] {
  return [
    ["header no object", forge({ header: "[]" })],
    ["header no JSON", forge({ header: "{" })],
    ["payload no object", forge({ payload: "[]" })],
    ["payload null", forge({ payload: "null" })],
    ["payload no JSON", forge({ payload: "{" })],
    ["nothing claimed", forge({ payload: {} })],
    [
      "the last claim counts, and it is wrong",
      forge({ payload: JSON.stringify(rightPayload).replace(/}$/, ',"iss":"https://evil.test"}') }),
    ],
  ];
}

/** Other spellings of the right token (RFC 7515 section 2, RFC 4648 section 3.5). */
export function misspellings(
  { token, header, payload, signature, claims, forge }: ForgerTools,
  random: RandomBytes,
): Row[] {
  const replaceLast = (part: string, by: number) =>
    part.slice(0, -1) + alphabet.charAt(alphabet.indexOf(part.slice(-1)) ^ by);
  return [
    ["nothing", ""],
    ["dots", ".."],
    ["a part less", `${header}.${payload}`],
    ["no signature", `${header}.${payload}.`],
    ["a part more", `${token}.x`],
    ["five parts, as encrypted tokens have", `${header}.x.x.x.x`],
    ["a space before", ` ${token}`],
    ["a space after", `${token} `],
    ["a line end after", `${token}\n`],
    ["a space in the payload", `${header}.${payload.slice(0, 9)} ${payload.slice(9)}.${signature}`],
    ["a tab in the signature", `${header}.${payload}.${signature.slice(0, 9)}\t${signature.slice(9)}`],
    ["padding", `${token}=`],
    ["padding of the header", `${header}=.${payload}.${signature}`],
    ["another trailing bit in the signature", `${header}.${payload}.${replaceLast(signature, 1)}`],
    ["another bit in the signature", `${header}.${payload}.${replaceLast(signature, 32)}`],
    ["base64 instead of base64url", `${header}.${payload}.${"+".repeat(86)}`],
    ["the signature of another token", `${header}.${payload}.${forge({ payload: {} }).split(".")[2]}`],
    ["longer than any of ours", `${header}.${"A".repeat(5000)}.${signature}`],
    ["Bearer before it", `Bearer ${token}`],
    ["JSON", JSON.stringify({ protected: header, payload, signature })],
    [
      "a refresh token",
      formatRefreshToken({ sessionId: claims.sid, generation: 0, familySecret: random(16), secret: random(32) }),
    ],
    ["a letter outside ASCII", `${token.slice(0, -1)}Ａ`],
  ];
}

/** Adds the order of the group to the second half of a signature: what a careless verifier takes for the same one. */
function plusOrder(signature: string): Uint8Array {
  const octets = Buffer.from(signature, "base64url");
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const s = BigInt(`0x${Buffer.from(octets.subarray(32)).reverse().toString("hex")}`) + order;
  const larger = Buffer.from(s.toString(16).padStart(64, "0"), "hex").reverse();
  return Buffer.concat([octets.subarray(0, 32), larger]);
}
