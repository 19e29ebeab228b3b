import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { createRandomStock } from "./random-stock.ts";

it("gives as many bytes as were asked for, none of them twice, over many stocks", () => {
  let next = 0;
  /** Numbers of four bytes, so that a byte that is given twice is seen. */
  const draw = (bytes: number) => {
    const drawn = new DataView(new ArrayBuffer(bytes));
    for (let at = 0; at + 4 <= bytes; at += 4) drawn.setUint32(at, ++next);
    return new Uint8Array(drawn.buffer);
  };
  const random = createRandomStock(draw);
  const seen = new Set<number>();
  let count = 0;
  for (let round = 0; round < 2_000; round += 1) {
    for (const bytes of [16, 32, 12, 64, 4]) {
      const given = random(bytes);
      expect(given).toHaveLength(bytes);
      const view = new DataView(given.buffer, given.byteOffset);
      for (let at = 0; at < bytes; at += 4) seen.add(view.getUint32(at));
      count += bytes / 4;
    }
  }
  expect(seen.size).toBe(count);
  expect(seen.has(0)).toBe(false);
});

it("wipes from the stock what it has given, and nothing else", () => {
  const stocks: Uint8Array[] = [];
  const random = createRandomStock((bytes) => {
    const drawn = new Uint8Array(bytes).fill(7);
    stocks.push(drawn);
    return drawn;
  });
  expect([...random(16)]).toEqual(Array(16).fill(7));
  expect([...random(5)]).toEqual(Array(5).fill(7));
  expect(stocks).toHaveLength(1);
  expect(stocks[0]?.lastIndexOf(0)).toBe(20);
  expect(stocks[0]?.indexOf(7)).toBe(21);
});

it("gives copies: what is done to one changes no other", () => {
  const random = createRandomStock((bytes) => new Uint8Array(bytes).fill(7));
  random(16).fill(1);
  expect([...random(16)]).toEqual(Array(16).fill(7));
});

it("draws once for many pieces, and by itself what is longer than a secret", () => {
  const drawn: number[] = [];
  const random = createRandomStock((bytes) => {
    drawn.push(bytes);
    return randomBytes(bytes);
  });
  for (let count = 0; count < 256; count += 1) random(16);
  expect(drawn).toEqual([4_096]);
  expect(random(65)).toHaveLength(65);
  random(1);
  expect(drawn).toEqual([4_096, 65, 4_096]);
});
