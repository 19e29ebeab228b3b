import { expect, it } from "vitest";
import { judgeStrength } from "./strength-judge.ts";
import { strengthWords } from "./strength-words.ts";

it.each([
  ["password1", 0],
  ["qwertyuiop", 0],
  ["letmein123", 1],
  ["aaaaaaaaaaaa", 1],
])("judges %j no higher than %d", (password, atMost) => expect(judgeStrength(password)).toBeLessThanOrEqual(atMost));

it("judges a phrase high, and looks at no more of it than a hundred characters", () => {
  expect(judgeStrength("falcon candle lantern river")).toBe(4);
  expect(judgeStrength("a".repeat(100_000))).toBeLessThan(4);
});

it("says what would help, and only where something would", () => {
  expect(strengthWords(0)).toBe("Guessed at once. Some more words would help");
  expect(strengthWords(3)).toBe("Strong");
});
