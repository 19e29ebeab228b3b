import { describe, expect, test } from "vitest";
import { AuthError } from "../../domain/errors.ts";
import { passwordMaxLength } from "../../domain/settings.ts";
import { checkPasswordText, hasMoreCodePoints } from "./input.ts";

describe("checkPasswordText()", () => {
  test.each([
    ["nothing", ""],
    ["spaces at both ends", "  two words  "],
    ["every script", "пароль 密码 סיסמה"],
    ["control characters other than NUL", "\u0001\t\n\u007f"],
    ["as many code points as allowed, in one unit each", "a".repeat(passwordMaxLength)],
    ["as many code points as allowed, in two units each", "🔑".repeat(passwordMaxLength)],
  ])("accepts %s", (_, password) => {
    expect(() => checkPasswordText(password)).not.toThrow();
  });

  test.each([
    ["one code point too many", "Use at most 1024 characters", "a".repeat(passwordMaxLength + 1)],
    ["one code point too many, in two units each", "Use at most 1024 characters", "🔑".repeat(passwordMaxLength + 1)],
    ["a NUL at the start", "Leave out the NUL character", "\0secret phrase"],
    ["a NUL at the end", "Leave out the NUL character", "secret phrase\0"],
    ["a lone high surrogate", "Leave out the half of a character that is in it", "secret \ud83d phrase"],
    ["a lone low surrogate at the end", "Leave out the half of a character that is in it", "secret phrase\udd11"],
  ])("rejects %s with validation_failed at the field, and without the password", (_, sentence, password) => {
    const error = caught(() => checkPasswordText(password));
    expect(error).toBeInstanceOf(AuthError);
    expect(error).toMatchObject({ reason: "validation_failed", fields: { password: [sentence] } });
    expect(`${error.message} ${JSON.stringify(error)} ${error.stack}`).not.toMatch(/secret|phrase/);
  });

  test("looks at no character of a text that is too long anyway", () => {
    const huge = new String("a".repeat(5_000_000)) as string;
    Object.defineProperty(huge, Symbol.iterator, { value: () => expect.fail("The text was read") });
    Object.defineProperty(huge, "includes", { value: () => expect.fail("The text was read") });
    expect(caught(() => checkPasswordText(huge))).toMatchObject({ reason: "validation_failed" });
  });
});

test("hasMoreCodePoints() counts an emoji once", () => {
  expect(hasMoreCodePoints("🔑🔑🔑", 2)).toBe(true);
  expect(hasMoreCodePoints("🔑🔑🔑", 3)).toBe(false);
  expect(hasMoreCodePoints("", 0)).toBe(false);
});

function caught(run: () => void): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  return expect.fail("Nothing was thrown");
}
