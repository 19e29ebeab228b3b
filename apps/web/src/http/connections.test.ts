import { describe, expect, it } from "vitest";
import type { Waiting } from "./connection.ts";
import { type Occupant, whoGoes } from "./connections.ts";

const from = (address: string, waiting: Waiting, since: number): Occupant => ({ address, waiting, since });
const many = (count: number, address: string, waiting: Waiting): Occupant[] =>
  Array.from({ length: count }, (_, at) => from(address, waiting, at));

/** So late that whoever came at the beginning is no longer young. */
const free = (max: number) => ({ max, now: 10_000 });

describe("whoGoes()", () => {
  it("is nobody while there is room", () => expect(whoGoes(many(17, "a", "request"), free(20))).toEqual([]));

  it("is nobody whose next step is ours", () => expect(whoGoes(many(20, "a", undefined), free(20))).toEqual([]));

  it("is everybody who only waits for another request", () => {
    expect(whoGoes([...many(10, "a", undefined), ...many(9, "a", "next")], free(20))).toHaveLength(9);
  });

  it("is the oldest without a request, and no more than are needed", () => {
    expect(whoGoes(many(19, "a", "request").reverse(), free(20))).toEqual([18, 17]);
  });

  it.each<[Waiting, Waiting]>([
    ["next", "request"],
    ["request", "body"],
    ["body", "reader"],
    ["reader", undefined],
  ])("is whoever waits for %j, before one that waits for %j and is older", (first, later) => {
    const occupants = [...many(10, "a", later), ...many(9, "a", first).map((one) => ({ ...one, since: 100 }))];
    expect(whoGoes(occupants, free(20)).every((index) => index >= 10)).toBe(true);
  });

  it("spares a client that has only just connected, and may be about to send a request", () => {
    const occupants = [from("a", "request", 9_999), ...many(18, "a", "body")];
    expect(whoGoes(occupants, free(20))).toEqual([1, 2]);
  });

  it("is one of the address that holds more than half, whatever others wait for", () => {
    const occupants = [...many(9, "a", "request"), ...many(10, "b", "body").map((one) => ({ ...one, since: 9_999 }))];
    expect(whoGoes(occupants, free(20))).toEqual([9, 10]);
  });

  it("takes no time with many connections", () => {
    const occupants = many(100_000, "a", "request");
    const before = performance.now();
    expect(whoGoes(occupants, free(100_000))).toHaveLength(15_000);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
