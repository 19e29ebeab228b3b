import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { passesForAscii, usernameSkeleton } from "./skeleton.ts";

describe("usernameSkeleton()", () => {
  it.each([
    ["Ian", "lan"],
    ["ian", "ian"],
    ["B0B", "bob"],
    ["adam", "adarn"],
    ["сор", "cop"],
    ["ﬁona", "fiona"],
    ["  Ada ", "ada"],
    ["i\u0307da", "ida"],
    ["josé", "josé"],
    ["李小龙", "李小龙"],
  ])("of %j is %j", (username, skeleton) => expect(usernameSkeleton(username)).toBe(skeleton));

  it("of each letter, mark and digit there is comes to an end, and is its own skeleton", () => {
    const wrong: string[] = [];
    for (let point = 1; point < 0x11_0000; point += 1) {
      const sign = String.fromCodePoint(point);
      if (!/[\p{L}\p{M}\p{N}]/u.test(sign)) continue;
      const skeleton = usernameSkeleton(`a${sign}a`);
      if (usernameSkeleton(skeleton) !== skeleton) wrong.push(point.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  it("of any text comes to an end, and is its own skeleton", () => {
    const text = fc.string({ unit: fc.oneof(fc.constantFrom(..."iIlL10oOmрсⅿſßΐᾳ\u0345\u0307\u0338"), fc.string()) });
    fc.assert(
      fc.property(text, (username) => {
        const skeleton = usernameSkeleton(username);
        expect(usernameSkeleton(skeleton)).toBe(skeleton);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("passesForAscii()", () => {
  it.each([
    ["сор", true],
    ["аррӏе", true],
    ["ɡoogle", true],
    ["cop", false],
    ["иван", false],
    ["bücher", false],
    ["例え", false],
    ["", false],
  ])("%j: %s", (text, expected) => expect(passesForAscii(text)).toBe(expected));
});
