import { expect, it } from "vitest";
import { byteSize, exactByteSize } from "./byte-size.ts";

it.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1000, "1 kB"],
  [1023, "1 kB"],
  [1024, "1 kB"],
  [1434, "1.4 kB"],
  [9949, "9.9 kB"],
  [9950, "10 kB"],
  [300_000, "300 kB"],
  [999_499, "999 kB"],
  [999_500, "1 MB"],
  [25_000_000, "25 MB"],
  [250_000_000, "250 MB"],
  [262_144_000, "262 MB"],
  [1_181_116_006, "1.2 GB"],
  [3_000_000_000_000, "3 TB"],
  [4_000_000_000_000_000, "4,000 TB"],
])("byteSize() says %i as %s", (bytes, said) => {
  expect(byteSize(bytes)).toBe(said);
});

it("exactByteSize() says each byte", () => {
  expect([0, 1, 1_410_065].map(exactByteSize)).toEqual(["0 bytes", "1 byte", "1,410,065 bytes"]);
});
