import { expect, it } from "vitest";
import { remainingDuration, wholeDuration } from "./duration.ts";

it.each([
  [900, "15 minutes"],
  [2_592_000, "30 days"],
  [90, "90 seconds"],
  [3_600, "1 hour"],
  [1, "1 second"],
])("wholeDuration() says %i seconds as %s", (seconds, said) => {
  expect(wholeDuration(seconds)).toBe(said);
});

it.each([
  [872.9, "14 minutes 32 seconds"],
  [60, "1 minute 0 seconds"],
  [59.9, "59 seconds"],
  [2_588_400, "29 days 23 hours"],
  [0.4, "0 seconds"],
  [-5, "0 seconds"],
])("remainingDuration() says %d seconds as %s", (seconds, said) => {
  expect(remainingDuration(seconds)).toBe(said);
});
