import { expect, it } from "vitest";
import { plural } from "./plural.ts";
import { saySpan, sayTime } from "./time.ts";

it.each([
  [1, "1 sec"],
  [119.9, "119 sec"],
  [120, "2 min"],
  [871, "14 min"],
  [3 * 3600, "3 hr"],
  [29.9 * 86_400, "29 days"],
  [-5, "0 sec"],
])("saySpan() says %d seconds as %s, and never more than there is", (seconds, said) => {
  expect(saySpan(seconds)).toBe(said);
});

it.each([
  [0, /^today, 12:00$/],
  [-1, /^yesterday, 12:00$/],
  [1, /^tomorrow, 12:00$/],
  [-40, /^5 May, 12:00$/],
  [-400, /^10 May 2025, 12:00$/],
])("sayTime() says a moment %d days ahead by its day", (days, said) => {
  const now = new Date(2026, 5, 14, 12);
  const then = new Date(2026, 5, 14 + days, 12);
  expect(sayTime(then.toISOString(), now.getTime())).toMatch(said);
});

it("plural() takes the form of the word that goes with the number", () => {
  const said = [0, 1, 2, 11, 21].map((count) => `${count} ${plural(count, { one: "file", other: "files" })}`);
  expect(said).toEqual(["0 files", "1 file", "2 files", "11 files", "21 files"]);
});
