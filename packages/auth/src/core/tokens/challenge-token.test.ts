import { describe, expect, it } from "vitest";
import { seededRandomBytes } from "../../testing/fixtures.ts";
import { newId } from "../domain/ids.ts";
import { generateChallengeToken, parseChallengeToken } from "./challenge-token.ts";

const randomBytes = seededRandomBytes(1);
const id = newId(1_700_000_000_000, randomBytes);

describe("a challenge token", () => {
  it("carries its id and a secret of 256 bits, and only the hash is kept", () => {
    const { token, secretHash } = generateChallengeToken(id, randomBytes);
    expect(token).toMatch(/^ch1\.[\w-]{64}$/);
    expect(parseChallengeToken(token)).toEqual({ id, secretHash });
    expect(secretHash).toHaveLength(32);
    expect(token).not.toContain(Buffer.from(secretHash).toString("base64url"));
  });

  it("has another secret each time", () => {
    const [one, other] = [generateChallengeToken(id, randomBytes), generateChallengeToken(id, randomBytes)];
    expect(one.token).not.toBe(other.token);
    expect(Buffer.from(one.secretHash).equals(other.secretHash)).toBe(false);
  });

  it("with another secret has another hash", () => {
    const { token, secretHash } = generateChallengeToken(id, randomBytes);
    const last = token.at(-1) === "A" ? "B" : "A";
    expect(parseChallengeToken(token.slice(0, -1) + last)).not.toEqual({ id, secretHash });
  });

  it.each([
    undefined,
    "",
    "ch1.",
    `ch1.${"A".repeat(63)}`,
    `ch1.${"A".repeat(65)}`,
    `ch2.${"A".repeat(64)}`,
    `xch1.${"A".repeat(64)}`,
    `ch1.${"=".repeat(64)}`,
    `ch1.${"A".repeat(64)}\n`,
  ])("is not read from %j", (text) => {
    expect(parseChallengeToken(text)).toBeUndefined();
  });
});
