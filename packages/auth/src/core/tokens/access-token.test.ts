import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createForger, knownSigningKey } from "../../../test/forged-tokens.ts";
import { createFakeClock, testStart } from "../../testing/fake-clock.ts";
import { seededRandomBytes } from "../../testing/fixtures.ts";
import { createMemoryKeyStore } from "../../testing/memory-store/key.ts";
import { reasonOf } from "../../testing/test-auth.ts";
import { AuthError } from "../domain/errors.ts";
import { newId } from "../domain/ids.ts";
import { type AccessTokenClaims, createAccessTokens, peekExpiry } from "./access-token.ts";
import { createKeyRing } from "./key-ring.ts";

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
  amr: ["pwd"],
  auth_time: now - 60,
  iat: now,
  exp: now + 900,
};

const seed = random(32);
const key = await knownSigningKey(seed, secret, random);
const store = createMemoryKeyStore();
await store.addSigningKey(key);
const schedule = { signsForMs: 1, aheadMs: 0, overlapMs: 0, rememberedMs: 0 };
const keys = createKeyRing({ store, clock: createFakeClock(), randomBytes: random, secrets: [secret], schedule });
const tokens = createAccessTokens({ keys, issuer });
const token = await tokens.sign(claims);
const [header = "", payload = "", signature = ""] = token.split(".");
const forger = await createForger({ token, seed, secret, issuer, random });
const { forge, anotherKey } = forger;
const decode = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString("utf8"));

async function outcome(text: string, at = now, options?: { acceptExpired?: boolean }): Promise<string> {
  try {
    return (await tokens.verify(text, at, options)).claims.sub === claims.sub ? "accepted" : "another one's";
  } catch (error) {
    return error instanceof AuthError ? error.reason : `threw ${String(error)}`;
  }
}

describe("sign()", () => {
  it("writes exactly the header and the claims of the contract", () => {
    expect(decode(header)).toEqual({ alg: "EdDSA", typ: "at+jwt", kid: key.kid });
    expect(decode(payload)).toEqual({ ...claims, iss: issuer, aud: issuer });
  });

  it("is forged by the test's own helper in just the same way", async () => {
    expect(forge({})).toBe(token);
    expect(await outcome(forge({}))).toBe("accepted");
  });
});

describe("verify()", () => {
  it("gives back what was signed", async () => {
    expect(await tokens.verify(token, now)).toEqual({ claims, kid: key.kid });
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

describe("verify() rejects a token that is not of ours, also when it is signed with the right key", () => {
  it.each(forger.forged)("%s", async (_, text) => expect(await outcome(text)).toBe("access_token_invalid"));
});

describe("verify() takes a token of ours", () => {
  const { alg, kid } = decode(header) as { alg: string; kid: string };
  const withClaims = (changes: object) => forge({ payload: { ...claims, iss: issuer, aud: issuer, ...changes } });

  it.each(["at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+JWT"])(
    "whose type is spelled %s (RFC 9068 section 4)",
    async (typ) => expect(await outcome(forge({ header: { alg, kid, typ } }))).toBe("accepted"),
  );

  it("that lives for as long as may be set, and no longer", async () => {
    expect(await outcome(withClaims({ exp: now + 86_400 }))).toBe("accepted");
    expect(await outcome(withClaims({ exp: now + 86_401 }))).toBe("access_token_invalid");
  });

  it("that lives for no time at all, and has expired; one that ends before it begins is none", async () => {
    expect(await outcome(withClaims({ exp: now }))).toBe("access_token_expired");
    expect(await outcome(withClaims({ exp: now - 1 }))).toBe("access_token_invalid");
  });

  it.each(["sub", "sid", "jti"] as const)("whose %s is a UUID, with nothing before or behind it", async (name) => {
    expect(await outcome(withClaims({ [name]: `0${claims[name]}` }))).toBe("access_token_invalid");
    expect(await outcome(withClaims({ [name]: `${claims[name]}0` }))).toBe("access_token_invalid");
  });
});

describe("verify() believes a key for as long as its times say", () => {
  const endsAt = now + 100;

  async function underAShortKey() {
    const short = createMemoryKeyStore();
    await short.addSigningKey({ ...key, verifiesUntil: endsAt * 1000 });
    const ring = createKeyRing({
      store: short,
      clock: createFakeClock(),
      randomBytes: random,
      secrets: [secret],
      schedule,
    });
    const verifier = createAccessTokens({ keys: ring, issuer });
    return { verifier, version: short.version() };
  }

  it("and then says that its tokens have run out, though they were to live longer", async () => {
    const { verifier } = await underAShortKey();
    expect(await reasonOf(verifier.verify(token, endsAt - 1))).toBe("ok");
    expect(await reasonOf(verifier.verify(token, endsAt))).toBe("access_token_expired");
    expect(await reasonOf(verifier.verify(token, endsAt, { acceptExpired: true }))).toBe("ok");
  });

  it("also when it is asked again, unless a token that expired will do", async () => {
    const { verifier, version } = await underAShortKey();
    await verifier.verify(token, now);
    expect(await reasonOf((async () => verifier.recheckKey(key.kid, version, endsAt - 1))())).toBe("ok");
    expect(await reasonOf((async () => verifier.recheckKey(key.kid, version, endsAt))())).toBe("access_token_expired");
    expect(await reasonOf((async () => verifier.recheckKey(key.kid, version, endsAt, { acceptExpired: true }))())).toBe(
      "ok",
    );
  });

  it("and looks nowhere for the key of a token that names none", async () => {
    let reads = 0;
    const readKeyRing = () => {
      reads += 1;
      return store.readKeyRing();
    };
    const ring = createKeyRing({
      store: { ...store, readKeyRing },
      clock: createFakeClock(),
      randomBytes: random,
      secrets: [secret],
      schedule,
    });
    const { alg, typ } = decode(header) as { alg: string; typ: string };
    const nameless = forge({ header: { alg, typ } });
    const verifier = createAccessTokens({ keys: ring, issuer });
    expect(await reasonOf(verifier.verify(nameless, now))).toBe("access_token_invalid");
    expect(reads).toBe(0);
  });
});

describe("verify() takes one spelling of a token", () => {
  it.each(forger.misspelt)("%s", async (_, text) => expect(await outcome(text)).toBe("access_token_invalid"));

  it("and throws nothing but AuthError, whatever the text", async () => {
    const nearly = fc
      .tuple(fc.nat(token.length - 1), fc.string({ minLength: 1 }))
      .map(([at, piece]) => token.slice(0, at) + piece + token.slice(at + 1));
    const segments = fc.tuple(fc.json(), fc.json()).map(([one, two]) => forge({ header: one, payload: two }));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), nearly, segments), async (text) => {
        fc.pre(text !== token);
        expect(await outcome(text)).toBe("access_token_invalid");
      }),
      { numRuns: 300 },
    );
  });
});

describe("verify() tells a token that expired from one that is not ours", () => {
  it.each([
    ["one second before its end", claims.exp - 1, "accepted"],
    ["at its end", claims.exp, "access_token_expired"],
    ["one second after its end", claims.exp + 1, "access_token_expired"],
    ["years after", claims.exp + 1e8, "access_token_expired"],
    ["a clock that is 60 s behind", now - 60, "accepted"],
    // The clock jumped back, or another server's is ahead: a refresh helps, and "invalid" would send somebody away.
    ["a clock that is 61 s behind", now - 61, "access_token_expired"],
  ])("%s: %s is %s", async (_, at, expected) => expect(await outcome(token, at)).toBe(expected));

  it("rejects a bad signature as invalid also when the token has expired", async () => {
    expect(await outcome(forge({ key: anotherKey }), claims.exp + 1)).toBe("access_token_invalid");
  });

  it("takes one that expired where logout asks for it, but no other", async () => {
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
    [`${header}.${payload}.short`, undefined],
    [`${header}.${Buffer.from("no JSON").toString("base64url")}.${signature}`, undefined],
    [`${header}.${Buffer.from("null").toString("base64url")}.${signature}`, undefined],
    [forge({ payload: { exp: "1" } }), undefined],
    [forge({ payload: { exp: 1e300 } }), undefined],
  ])("is undefined for %j", (text, expected) => expect(peekExpiry(text)).toBe(expected));
});
