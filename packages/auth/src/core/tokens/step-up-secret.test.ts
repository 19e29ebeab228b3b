import { describe, expect, it } from "vitest";
import { seededRandomBytes } from "../../testing/fixtures.ts";
import { generateStepUpSecret, stepUpMethodsOf } from "./step-up-secret.ts";

const randomBytes = seededRandomBytes(1);
const stepUpMethods = [
  { kind: "code", at: 5 },
  { kind: "password", at: 10 },
];

describe("a step-up secret", () => {
  const { token, hash: stepUpHash } = generateStepUpSecret(randomBytes);
  const session = { stepUpHash, stepUpAt: 10, stepUpMethods };

  it("shows what its device proved", () => {
    expect(token).toMatch(/^su1\.[\w-]{43}$/);
    expect(stepUpMethodsOf(session, token)).toEqual(stepUpMethods);
  });

  it("of another device shows nothing, nor does none", () => {
    const other = generateStepUpSecret(randomBytes);
    expect(stepUpMethodsOf(session, other.token)).toEqual([]);
    expect(stepUpMethodsOf({ ...session, stepUpHash: other.hash }, token)).toEqual([]);
    expect(stepUpMethodsOf({ ...session, stepUpHash: null }, token)).toEqual([]);
    expect(stepUpMethodsOf(session, undefined)).toEqual([]);
  });

  it.each([
    ["no prefix", (text: string) => text.slice(4)],
    ["another prefix", (text: string) => text.replace("su1", "su2")],
    ["a character more", (text: string) => `${text}A`],
    ["a character less", (text: string) => text.slice(0, -1)],
    ["a character before it", (text: string) => `x${text}`],
    ["a line break after it", (text: string) => `${text}\n`],
    ["another alphabet", (text: string) => `${text.slice(0, -2)}+/`],
  ])("with %s shows nothing", (_, change) => {
    expect(stepUpMethodsOf(session, change(token))).toEqual([]);
  });

  it("in another spelling of the same octets shows nothing", () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const spellings = [...alphabet].map((last) => token.slice(0, -1) + last);
    expect(spellings.filter((text) => stepUpMethodsOf(session, text).length > 0)).toEqual([token]);
  });

  it("that a process without methods issued shows none of the secret before", () => {
    expect(stepUpMethodsOf({ ...session, stepUpAt: 11 }, token)).toEqual([]);
    expect(stepUpMethodsOf({ ...session, stepUpMethods: [] }, token)).toEqual([]);
    expect(stepUpMethodsOf({ ...session, stepUpAt: null }, token)).toEqual([]);
  });
});
