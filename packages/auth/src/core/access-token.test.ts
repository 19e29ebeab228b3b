import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFakeClock, testStart } from "../testing/fake-clock.ts";
import { seededRandomBytes } from "../testing/fixtures.ts";
import { createMemoryKeyStore } from "../testing/memory-key-store.ts";
import { type AccessTokenClaims, createAccessTokens, peekExpiry } from "./access-token.ts";
import { AuthError } from "./errors.ts";
import { createKeyRing } from "./key-ring.ts";
import { keyTimes } from "./key-schedule.ts";
import { formatRefreshToken } from "./refresh-token.ts";
import { sealKey, signingKeyOf } from "./signing-key.ts";
import { newId } from "./token-issuer.ts";

const secret = "what-the-key-of-the-access-token-tests-is-sealed-under";
const issuer = "https://app.test";
const now = testStart / 1000;
const random = seededRandomBytes("access-token.test");

const claims: AccessTokenClaims = {
  sub: newId(testStart, random),
  sid: newId(testStart, random),
  jti: newId(testStart, random),
  username: "ada",
  email: "ada@example.com",
  name: "Ada Lovelace",
  role: "user",
  ver: 1,
  gen: 3,
  iat: now,
  exp: now + 900,
};

const tenYearsMs = 315_360_000_000;
const schedule = { signsForMs: tenYearsMs, aheadMs: 0, overlapMs: 0, rememberedMs: 0 };
const seed = random(32);
const { kid, publicJwk } = await signingKeyOf(seed);
const store = createMemoryKeyStore();
await store.addSigningKey({
  seq: 1,
  ...keyTimes(testStart, testStart, schedule),
  kid,
  algorithm: "EdDSA",
  publicJwk: JSON.stringify(publicJwk),
  sealedPrivateKey: sealKey(seed, kid, secret, random),
});
const keys = createKeyRing({ store, clock: createFakeClock(), randomBytes: random, secrets: [secret], schedule });
const tokens = createAccessTokens({ keys, issuer });
const token = await tokens.sign(claims);
const [header = "", payload = "", signature = ""] = token.split(".");
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const encode = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const decode = (part: string): Record<string, unknown> => JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
const privateKeyOf = (octets: Uint8Array) =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), octets]),
    format: "der",
    type: "pkcs8",
  });
const rightKey = privateKeyOf(seed);
const anotherKey = privateKeyOf(random(32));
const rightHeader = decode(header);
const rightPayload = decode(payload);

/** A token that only somebody with the key could make. Objects are written as JSON; strings as they are. */
function forge(part: { header?: unknown; payload?: unknown; key?: KeyObject }): string {
  const signed = `${encode(part.header ?? rightHeader)}.${encode(part.payload ?? rightPayload)}`;
  return `${signed}.${sign(null, Buffer.from(signed), part.key ?? rightKey).toString("base64url")}`;
}

/** A token with an HMAC under something that everybody knows, for a verifier that lets the token choose the algorithm. */
function forgeHmac(alg: string, key: string | Buffer): string {
  const signed = `${encode({ ...rightHeader, alg })}.${payload}`;
  return `${signed}.${createHmac(`sha${alg.slice(2)}`, key)
    .update(signed)
    .digest("base64url")}`;
}

async function outcome(text: string, at = now, options?: { acceptExpired?: boolean }): Promise<string> {
  try {
    return (await tokens.verify(text, at, options)).claims.sub === claims.sub ? "accepted" : "another one's";
  } catch (error) {
    return error instanceof AuthError ? error.reason : `threw ${String(error)}`;
  }
}

describe("sign()", () => {
  it("writes exactly the header and the claims of the contract", () => {
    expect(rightHeader).toEqual({ alg: "EdDSA", typ: "at+jwt", kid });
    expect(rightPayload).toEqual({ ...claims, iss: issuer, aud: issuer });
  });

  it("is forged by the test's own helper in just the same way", async () => {
    expect(forge({})).toBe(token);
    expect(await outcome(forge({}))).toBe("accepted");
  });
});

describe("verify()", () => {
  it("gives back what was signed", async () => {
    expect(await tokens.verify(token, now)).toEqual({ claims, kid });
  });

  it("takes any name, email and username that an account may have", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 100 }), async (name) => {
        const signed = await tokens.sign({ ...claims, name, username: name, email: name });
        expect((await tokens.verify(signed, now)).claims).toMatchObject({ name, username: name, email: name });
      }),
      { numRuns: 50 },
    );
  });
});

describe("verify() refuses a token that is not of ours, also when it is signed with the right key", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const without = (name: string) => Object.fromEntries(Object.entries(rightPayload).filter(([key]) => key !== name));
  const withClaim = (changes: object) => forge({ payload: { ...rightPayload, ...changes } });
  const withHeader = (changes: object) => forge({ header: { ...rightHeader, ...changes } });
  const rawExp = (exp: string) => forge({ payload: JSON.stringify(rightPayload).replace(/"exp":\d+/, `"exp":${exp}`) });
  const rs256 = () => {
    const signed = `${encode({ ...rightHeader, alg: "RS256" })}.${payload}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), rsa.privateKey).toString("base64url")}`;
  };
  const cases: Array<[string, string]> = [
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
    [
      "the key inside the token",
      forge({
        header: { ...rightHeader, kid: undefined, jwk: anotherKey.export({ format: "jwk" }) },
        key: anotherKey,
      }),
    ],
    ["header no object", forge({ header: "[]" })],
    ["header no JSON", forge({ header: "{" })],
    ["payload no object", forge({ payload: "[]" })],
    ["payload null", forge({ payload: "null" })],
    ["payload no JSON", forge({ payload: "{" })],
    ["signed with another key under this one's id", forge({ key: anotherKey })],
    [
      "the key somewhere else",
      forge({ header: { ...rightHeader, jku: "https://evil.test/jwks.json" }, key: anotherKey }),
    ],
    ["iss another", withClaim({ iss: "https://evil.test" })],
    ["iss missing", forge({ payload: without("iss") })],
    ["iss a list", withClaim({ iss: [issuer] })],
    ["iss with a slash", withClaim({ iss: `${issuer}/` })],
    ["aud another", withClaim({ aud: "https://evil.test" })],
    ["aud missing", forge({ payload: without("aud") })],
    ["aud an empty list", withClaim({ aud: [] })],
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
    ["iat a text", withClaim({ iat: String(now) })],
    ["iat negative", withClaim({ iat: -1 })],
    ["gen missing", forge({ payload: without("gen") })],
    ["gen negative", withClaim({ gen: -1 })],
    ["gen a text", withClaim({ gen: "3" })],
    ["nbf later than its end", withClaim({ nbf: claims.exp + 1 })],
    ["sub missing", forge({ payload: without("sub") })],
    ["sub no UUID", withClaim({ sub: "1" })],
    ["sub an object", withClaim({ sub: { toString: "x" } })],
    ["sid missing", forge({ payload: without("sid") })],
    ["sid in upper case", withClaim({ sid: claims.sid.toUpperCase() })],
    ["sid no UUID", withClaim({ sid: "' OR 1=1 --" })],
    ["jti missing", forge({ payload: without("jti") })],
    ["username missing", forge({ payload: without("username") })],
    ["name a number", withClaim({ name: 1 })],
    [
      "the last claim counts, and it is wrong",
      forge({ payload: JSON.stringify(rightPayload).replace(/}$/, ',"iss":"https://evil.test"}') }),
    ],
  ];
  it.each(cases)("%s", async (_, text) => expect(await outcome(text)).toBe("access_token_invalid"));
});

describe("verify() takes one spelling of a token", () => {
  const replaceLast = (part: string, by: number) =>
    part.slice(0, -1) + alphabet.charAt(alphabet.indexOf(part.slice(-1)) ^ by);
  const cases: Array<[string, string]> = [
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
  it.each(cases)("%s", async (_, text) => expect(await outcome(text)).toBe("access_token_invalid"));

  it("and throws nothing but AuthError, whatever the text", async () => {
    const nearly = fc
      .tuple(fc.nat(token.length - 1), fc.string({ minLength: 1 }))
      .map(([at, piece]) => token.slice(0, at) + piece + token.slice(at + 1));
    const threeParts = fc.tuple(fc.json(), fc.json()).map(([one, two]) => forge({ header: one, payload: two }));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), nearly, threeParts), async (text) => {
        fc.pre(text !== token);
        expect(await outcome(text)).toBe("access_token_invalid");
      }),
      { numRuns: 300 },
    );
  });
});

describe("verify() tells a token that ran out from one that is not ours", () => {
  it.each([
    ["one second before its end", claims.exp - 1, "accepted"],
    ["at its end", claims.exp, "access_token_expired"],
    ["one second after its end", claims.exp + 1, "access_token_expired"],
    ["years after", claims.exp + 1e8, "access_token_expired"],
    ["a clock that is 60 s behind", now - 60, "accepted"],
    // The clock jumped back, or another server's is ahead: a refresh helps, and "invalid" would send somebody away.
    ["a clock that is 61 s behind", now - 61, "access_token_expired"],
  ])("%s: %s is %s", async (_, at, expected) => expect(await outcome(token, at)).toBe(expected));

  it("refuses a bad signature as invalid also when the token has run out", async () => {
    expect(await outcome(forge({ key: anotherKey }), claims.exp + 1)).toBe("access_token_invalid");
  });

  it("takes one that ran out where logout asks for it, but no other", async () => {
    expect(await outcome(token, claims.exp + 1e8, { acceptExpired: true })).toBe("accepted");
    expect(await outcome(token, now - 1e6, { acceptExpired: true })).toBe("accepted");
    expect(await outcome(forge({ key: anotherKey }), now, { acceptExpired: true })).toBe("access_token_invalid");
  });
});

describe("peekExpiry()", () => {
  it("reads the end of a token without its key", () => expect(peekExpiry(token)).toBe(claims.exp));

  it.each([
    ["", undefined],
    ["a.b.c", undefined],
    [`${header}.${encode("null")}.${signature}`, undefined],
    [forge({ payload: { exp: "1" } }), undefined],
    [forge({ payload: { exp: 1e300 } }), undefined],
  ])("is undefined for %j", (text, expected) => expect(peekExpiry(text)).toBe(expected));
});
