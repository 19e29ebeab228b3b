import { expect, it } from "vitest";
import { pageOfFormerPart } from "./former-parts-list.ts";

it.each([
  ["ways-in", "/account/security"],
  ["session", "/account/sessions"],
  ["sessions", "/account/sessions"],
  ["history", "/account/activity"],
  ["data", undefined],
  ["", undefined],
  ["constructor", undefined],
])("the part #%s of the one page of before is on %s", (fragment, page) => {
  expect(pageOfFormerPart(fragment)).toBe(page);
});
