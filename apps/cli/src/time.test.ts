import { expect, it } from "vitest";
import { plural } from "./plural.ts";
import { formatDuration, formatTime } from "./time.ts";

it.each([
  [1, "1 sec"],
  [119.9, "119 sec"],
  [120, "2 min"],
  [871, "14 min"],
  [3 * 3600, "3 hr"],
  [29.9 * 86_400, "29 days"],
  [-5, "0 sec"],
])("formatDuration() says %d seconds as %s, and never more than there is", (seconds, formatted) => {
  expect(formatDuration(seconds)).toBe(formatted);
});

it.each([
  [0, /^today, 12:00$/],
  [-1, /^yesterday, 12:00$/],
  [1, /^tomorrow, 12:00$/],
  [-40, /^5 May, 12:00$/],
  [-400, /^10 May 2025, 12:00$/],
])("formatTime() says a moment %d days ahead by its day", (days, formatted) => {
  const now = new Date(2026, 5, 14, 12);
  const then = new Date(2026, 5, 14 + days, 12);
  expect(formatTime(then.toISOString(), now.getTime())).toMatch(formatted);
});

it("plural() takes the form of the word that goes with the number", () => {
  const formatted = [0, 1, 2, 11, 21].map((count) => `${count} ${plural(count, { one: "file", other: "files" })}`);
  expect(formatted).toEqual(["0 files", "1 file", "2 files", "11 files", "21 files"]);
});
