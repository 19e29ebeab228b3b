import { expect, it } from "vitest";
import { byteSize } from "./byte-size.ts";

it.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [1023, "1,023 bytes"],
  [1024, "1 KB"],
  [1434, "1.4 KB"],
  [26_214_400, "25 MB"],
  [262_144_000, "250 MB"],
  [1_181_116_006, "1.1 GB"],
])("byteSize() says %i as %s", (bytes, said) => {
  expect(byteSize(bytes)).toBe(said);
});
