import type { RandomBytes } from "./clock.ts";

/** Each draw from the system's generator costs as much as four kilobytes of it do. */
const stockBytes = 4_096;
/** More than any secret has. What is longer is drawn by itself. */
const longestFromStock = 64;

/**
 * Random bytes from a stock that is drawn at once: a refresh takes three small pieces. No byte is given twice, and what was given is
 * wiped from the stock, so that it holds nothing that is in use.
 *
 * @param draw cryptographically secure, such as node:crypto's `randomBytes`
 */
export function createRandomStock(draw: RandomBytes): RandomBytes {
  let stock: Uint8Array = new Uint8Array();
  let used = 0;

  return (bytes) => {
    if (bytes > longestFromStock) return draw(bytes);
    if (used + bytes > stock.length) [stock, used] = [draw(stockBytes), 0];
    const given = new Uint8Array(stock.subarray(used, used + bytes));
    stock.fill(0, used, used + bytes);
    used += bytes;
    return given;
  };
}
