import { describe, expect, it } from "vitest";
import { createPasswordHasher, type PasswordHasherOptions } from "./bcrypt-hasher.ts";

const pepper = { id: "p1", secret: "s".repeat(32) };

function issueOf(options: PasswordHasherOptions): string {
  try {
    createPasswordHasher(options);
    return "none";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("createPasswordHasher()", () => {
  it.each<PasswordHasherOptions>([
    { cost: 4 },
    { cost: 15, maxVerifyCost: 15 },
    { cost: 12, maxVerifyCost: 12 },
    { maxVerifyCost: 17 },
    { maxThreads: 1 },
    { maxThreads: 64 },
    { queueLimit: 0 },
    { queueLimit: 10_000 },
    { pepper },
    { pepper: { id: "a-pepper_of.32".replace(".", "-").padEnd(32, "x"), secret: "é".repeat(16) } },
    { pepper, previousPeppers: [{ ...pepper, id: "p0" }] },
    { previousPeppers: [pepper] },
  ])("takes %j", (options) => expect(issueOf(options)).toBe("none"));

  it.each<[PasswordHasherOptions, string]>([
    [{ maxThreads: 65 }, "maxThreads: "],
    [{ maxThreads: 1.5 }, "maxThreads: "],
    [{ queueLimit: 10_001 }, "queueLimit: "],
    [{ queueLimit: 0.5 }, "queueLimit: "],
    [{ maxVerifyCost: 12.5 }, "maxVerifyCost: "],
    [{ cost: 12, maxVerifyCost: 11 }, "maxVerifyCost: less than cost: no new password would ever match"],
    [{ pepper: { ...pepper, id: "none" } }, "pepper.id: 1 to 32 of a-z 0-9 _ -, and not none"],
    [{ previousPeppers: [{ ...pepper, secret: "s".repeat(31) }] }, "previousPeppers.0.secret: shorter than 32 bytes"],
    [{ pepper, previousPeppers: [pepper] }, "previousPeppers: two peppers have the same id"],
    [{ previousPeppers: [pepper, pepper] }, "previousPeppers: two peppers have the same id"],
  ])("rejects %j and says what is wrong with it", (options, issue) => {
    expect(issueOf(options)).toContain(issue);
  });

  it("says of each option what is wrong with it, a line each", () => {
    const lines = issueOf({ maxThreads: 0, queueLimit: -1 }).split("\n");
    expect(lines.map((line) => line.slice(0, line.indexOf(":")))).toEqual(["maxThreads", "queueLimit"]);
  });
});
