import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandomBytes } from "../../testing/fixtures.ts";
import { newId } from "../domain/ids.ts";
import { hashSecret, sameHash } from "../domain/secrets.ts";
import { deriveNextToken, formatRefreshToken, parseRefreshToken, type RefreshToken } from "./refresh-token.ts";

const octets = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const anyToken: fc.Arbitrary<RefreshToken> = fc.record({
  sessionId: fc.uuid(),
  generation: fc.integer({ min: 0, max: 0xffff_ffff }),
  familySecret: octets(16),
  secret: octets(32),
});

const random = seededRandomBytes("refresh-token.test");
const token: RefreshToken = {
  sessionId: newId(1_700_000_000_000, random),
  generation: 7,
  familySecret: random(16),
  secret: random(32),
};
const text = formatRefreshToken(token);
const body = text.slice("rt1.".length);
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

function plain({ sessionId, generation, familySecret, secret }: RefreshToken) {
  return { sessionId, generation, familySecret: [...familySecret], secret: [...secret] };
}

describe("formatRefreshToken() and parseRefreshToken()", () => {
  it("give back every token, for every content", () => {
    fc.assert(
      fc.property(anyToken, (any) => {
        const parsed = parseRefreshToken(formatRefreshToken(any));
        expect(parsed && plain(parsed)).toEqual(plain(any));
      }),
    );
  });

  it("lay it out as the protocol says: session id, generation, family secret, secret", () => {
    const bytes = Buffer.from(body, "base64url");
    expect(text).toMatch(/^rt1\.[A-Za-z0-9_-]{91}$/);
    expect(bytes.subarray(0, 16).toString("hex")).toBe(token.sessionId.replaceAll("-", ""));
    expect(bytes.readUInt32BE(16)).toBe(7);
    expect([...bytes.subarray(20, 36)]).toEqual([...token.familySecret]);
    expect([...bytes.subarray(36)]).toEqual([...token.secret]);
  });
});

describe("parseRefreshToken() rejects every other spelling", () => {
  const last = alphabet.indexOf(body.slice(-1));
  const spellings: Array<[string, string]> = [
    ["nothing", ""],
    ["the prefix alone", "rt1."],
    ["no prefix", body],
    ["another version", `rt2.${body}`],
    ["prefix in upper case", `RT1.${body}`],
    ["prefix twice", `rt1.${text}`],
    ["padding", `${text}=`],
    ["more padding", `${text}==`],
    ["padding in the place of the last character", `${text.slice(0, -1)}=`],
    ["a space before", ` ${text}`],
    ["a space after", `${text} `],
    ["a line end after", `${text}\n`],
    ["a space inside", `${text.slice(0, 40)} ${text.slice(41)}`],
    ["a line end inside", `${text.slice(0, 40)}\n${text.slice(41)}`],
    ["a NUL after", `${text}\0`],
    ["one character less", text.slice(0, -1)],
    ["one character more", `${text}A`],
    ["base64 instead of base64url", `rt1.${"+/".repeat(45)}A`],
    ["an octet more", `rt1.${Buffer.concat([Buffer.from(body, "base64url"), Buffer.alloc(1)]).toString("base64url")}`],
    ["an octet less", `rt1.${Buffer.from(body, "base64url").subarray(1).toString("base64url")}`],
    ["a letter outside ASCII", `rt1.Ａ${body.slice(1)}`],
    ["an id that is no UUID", `rt1.${Buffer.alloc(68, 0x11).fill(0xff, 6, 8).toString("base64url")}`],
    ["quotes", `"${text}"`],
    ["two tokens", `${text}${text}`],
  ];
  it.each(spellings)("%s", (_, spelling) => expect(parseRefreshToken(spelling)).toBeUndefined());

  it("trailing bits that carry nothing", () => {
    // 68 octets take 91 characters and leave two unused bits in the last: four spellings, of which one is the token's.
    const spelt = [0, 1, 2, 3].map((bits) => text.slice(0, -1) + alphabet.charAt((last & ~3) | bits));
    expect(spelt.filter((one) => parseRefreshToken(one))).toEqual([text]);
  });

  it("anything at all, without ever throwing, unless it is the one spelling of what it holds", () => {
    const nearly = fc
      .tuple(fc.nat(text.length), fc.string())
      .map(([at, piece]) => text.slice(0, at) + piece + text.slice(at + 1));
    const likely = fc.stringMatching(/^rt1\.[A-Za-z0-9_-]{91}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" }), nearly, likely), (spelling) => {
        const parsed = parseRefreshToken(spelling);
        if (parsed) expect(formatRefreshToken(parsed)).toBe(spelling);
      }),
      { numRuns: 1000 },
    );
  });

  it("a text of 5 MB", () => {
    expect(parseRefreshToken(`rt1.${"A".repeat(5_000_000)}`)).toBeUndefined();
  });
});

describe("succeed()", () => {
  const salt = random(16);
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

  it("yields the same successor for the same token, generation and salt, in the same family", () => {
    expect(plain(deriveNextToken(token, 8, salt))).toEqual(plain(deriveNextToken(token, 8, salt)));
    expect(deriveNextToken(token, 8, salt)).toMatchObject({
      sessionId: token.sessionId,
      generation: 8,
      familySecret: token.familySecret,
    });
  });

  it("is HMAC-SHA-256 under the token's own secret, of the protocol's text", async () => {
    const { createHmac } = await import("node:crypto");
    const id = Buffer.from(token.sessionId.replaceAll("-", ""), "hex");
    const message = Buffer.concat([Buffer.from("rt1"), id, Buffer.from([0, 0, 0, 8]), salt]);
    expect(hex(deriveNextToken(token, 8, salt).secret)).toBe(
      createHmac("sha256", token.secret).update(message).digest("hex"),
    );
  });

  it("yields another one when any of secret, session, generation or salt is another", () => {
    const others = [
      deriveNextToken({ ...token, secret: random(32) }, 8, salt),
      deriveNextToken({ ...token, sessionId: newId(1, random) }, 8, salt),
      deriveNextToken(token, 9, salt),
      deriveNextToken(token, 8, random(16)),
    ].map(({ secret }) => hex(secret));
    expect(new Set([...others, hex(deriveNextToken(token, 8, salt).secret), hex(token.secret)]).size).toBe(6);
  });

  it("does not depend on the token's own idea of its generation", () => {
    expect(plain(deriveNextToken({ ...token, generation: 99 }, 8, salt))).toEqual(
      plain(deriveNextToken(token, 8, salt)),
    );
  });

  it("ends before the generation would wrap around, and not before", () => {
    expect(deriveNextToken(token, 0xffff_ffff, salt).generation).toBe(0xffff_ffff);
    expect(() => deriveNextToken(token, 0x1_0000_0000, salt)).toThrow(
      new RangeError("The session was rotated too often"),
    );
  });
});

describe("sameHash()", () => {
  it("is true for equal hashes only, whatever their lengths", () => {
    const one = hashSecret(token.secret);
    const flipped = Buffer.from(one);
    flipped[31] = (flipped[31] ?? 0) ^ 1;
    expect(sameHash(one, Uint8Array.from(one))).toBe(true);
    expect(
      [flipped, one.subarray(1), Buffer.concat([one, one]), Buffer.alloc(0)].map((other) => sameHash(one, other)),
    ).toEqual([false, false, false, false]);
  });
});
