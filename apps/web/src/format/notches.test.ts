import { expect, it } from "vitest";
import { cutNotches } from "./notches.ts";

it.each([
  [900, 15, 60],
  [1_209_600, 14, 86_400],
  [2_592_000, 30, 86_400],
  [10, 10, 1],
  [1, 15, 1 / 15],
  [5_400, 15, 360],
])("cutNotches() makes %i seconds into %i notches of %d", (life, count, eachSeconds) => {
  expect(cutNotches(life)).toEqual({ count, eachSeconds });
});
