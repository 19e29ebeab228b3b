import { createHmac, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatStoredPassword,
  isPepperId,
  makeBcryptSalt,
  makeUnguessableBcrypt,
  parseStoredPassword,
  prehashPassword,
  saltOfBcrypt,
} from "./hash-format.ts";

const bcrypt = "$2b$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS";
const maxCost = 15;

describe("parseStoredPassword()", () => {
  test("reads back what formatStoredPassword() writes", () => {
    expect(parseStoredPassword(formatStoredPassword(bcrypt, undefined), maxCost)).toEqual({
      kind: "own",
      bcrypt,
      cost: 4,
      pepperId: undefined,
    });
    const longestId = "a".repeat(32);
    expect(parseStoredPassword(formatStoredPassword(bcrypt, longestId), maxCost)).toMatchObject({
      pepperId: longestId,
    });
  });

  test.each(["$2a$", "$2b$", "$2y$"])("takes a bare %s hash of 60 characters as another system's", (version) => {
    const stored = version + bcrypt.slice(4);
    expect(parseStoredPassword(stored, maxCost)).toEqual({ kind: "plain", bcrypt: stored, cost: 4 });
  });

  test("clears the unused bits that some libraries leave at the end of a salt and of a digest", () => {
    const noisy = `${bcrypt.slice(0, 28)}v${bcrypt.slice(29, 59)}T`;
    expect(parseStoredPassword(noisy, maxCost)).toMatchObject({ bcrypt });
  });

  test.each([4, 15])("accepts a cost at the bound: %i", (cost) => {
    expect(parseStoredPassword(withCost(cost), maxCost)).toMatchObject({ kind: "plain", cost });
  });

  test.each([0, 3, 16, 31, 32, 99])("rejects the cost %i", (cost) => {
    const rejected = { kind: "unusable", why: "cost_out_of_bounds" };
    expect(parseStoredPassword(withCost(cost), maxCost)).toEqual(rejected);
    expect(parseStoredPassword(formatStoredPassword(withCost(cost), undefined), maxCost)).toEqual(rejected);
  });

  test.each(malformedHashes())("rejects %j as malformed", (stored) => {
    expect(parseStoredPassword(stored, maxCost)).toEqual({ kind: "unusable", why: "malformed" });
  });

  test("never throws, whatever the text", () => {
    const nearMiss = fc.tuple(fc.nat(110), fc.string({ maxLength: 3 })).map(([at, junk]) => {
      const text = formatStoredPassword(bcrypt, undefined);
      return text.slice(0, at) + junk + text.slice(at + 1);
    });
    fc.assert(
      fc.property(fc.oneof(fc.string(), nearMiss), (text) => {
        expect(["own", "plain", "unusable"]).toContain(parseStoredPassword(text, maxCost).kind);
      }),
    );
  });
});

describe("prehashPassword()", () => {
  test("is base64 of HMAC-SHA-384 under the product's public key: a format that stored hashes depend on", () => {
    const expected = createHmac("sha384", "watchword/password/v1").update("pass phrase").digest("base64");
    expect(prehashPassword("pass phrase")).toBe(expected);
  });

  test("with a pepper is HMAC-SHA-384 of that digest under the pepper", () => {
    const pepper = { id: "p1", secret: "a pepper of thirty-two bytes, or more" };
    const inner = createHmac("sha384", "watchword/password/v1").update("pass phrase").digest();
    expect(prehashPassword("pass phrase", pepper)).toBe(
      createHmac("sha384", pepper.secret).update(inner).digest("base64"),
    );
  });

  test("is the same with the mark of an encoding in front, which some forms drop, and another with one inside", () => {
    expect(prehashPassword("\uFEFFcorrect horse")).toBe(prehashPassword("correct horse"));
    expect(prehashPassword("correct\uFEFF horse")).not.toBe(prehashPassword("correct horse"));
    expect(prehashPassword("\uFEFF\uFEFFcorrect horse")).not.toBe(prehashPassword("correct horse"));
  });

  test("fits into the 72 bytes that bcrypt reads, without a NUL, whatever the password", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), (password) => {
        expect(prehashPassword(password)).toMatch(/^[A-Za-z0-9+/]{64}$/);
      }),
    );
  });
});

test("makeUnguessableBcrypt() and makeBcryptSalt() make what the parser takes unchanged, never twice the same", () => {
  const made = Array.from({ length: 100 }, () => makeUnguessableBcrypt(12, randomBytes));
  for (const hash of made)
    expect(parseStoredPassword(hash, maxCost)).toEqual({ kind: "plain", bcrypt: hash, cost: 12 });
  expect(new Set(made).size).toBe(100);
  expect(makeBcryptSalt(4, randomBytes)).toMatch(/^\$2b\$04\$[./A-Za-z0-9]{21}[.Oeu]$/);
  expect(saltOfBcrypt(bcrypt)).toBe("$2b$04$abcdefghijklmnopqrstuu");
});

test("isPepperId() rejects what could not be read back", () => {
  for (const id of ["p1", "2026-11", "a_b", "a".repeat(32)]) expect(isPepperId(id)).toBe(true);
  for (const id of ["", "none", "P1", "a.b", "-a", "a$", "é", "a\n", "a".repeat(33)])
    expect(isPepperId(id)).toBe(false);
});

function withCost(cost: number): string {
  return `$2b$${String(cost).padStart(2, "0")}$${bcrypt.slice(7)}`;
}

function malformedHashes(): string[] {
  const own = formatStoredPassword(bcrypt, undefined);
  return [
    "",
    "password",
    "$2b$04$",
    bcrypt.slice(0, -1),
    `${bcrypt}.`,
    `${bcrypt}\n`,
    ` ${bcrypt}`,
    bcrypt.replace("$2b$", "$2x$"),
    bcrypt.replace("$2b$", "$2$"),
    bcrypt.replace("$04$", "$4$"),
    bcrypt.replace("$04$", "$+4$"),
    `${bcrypt.slice(0, 30)}!${bcrypt.slice(31)}`,
    `${own}.`,
    `${own}\n`,
    own.replace("ww1.", "ww2."),
    own.replace("ww1.", "WW1."),
    own.replace("sha384", "sha1"),
    own.replace(".none.", ".."),
    own.replace(".none.", ".a.b."),
    own.replace("$2b$", "$2a$"),
    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
    "$".repeat(100_000),
  ];
}
