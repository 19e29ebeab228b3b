import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backoffMs, singleFlight, systemTiming } from "./timing.ts";

it("backoffMs() doubles up to its ceiling, and lets chance decide how much of it", () => {
  const at = (failures: number, chance: number) =>
    backoffMs({ failures, firstMs: 300, mostMs: 10_000 }, { ...systemTiming, random: () => chance });
  expect([0, 1, 2, 5, 6, 1000].map((failures) => at(failures, 1))).toEqual([300, 600, 1200, 9600, 10_000, 10_000]);
  expect([at(5, 0), at(5, 0.25)]).toEqual([0, 2400]);
});

describe("systemTiming.delay()", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("resolves when the time is over, and not before", async () => {
    const done = vi.fn();
    systemTiming.delay(1000, new AbortController().signal).then(done);
    await vi.advanceTimersByTimeAsync(999);
    expect(done).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(done).toHaveBeenCalled();
  });

  it("rejects as soon as it is given up, and leaves no timer behind", async () => {
    const gone = new AbortController();
    const waited = systemTiming.delay(1000, gone.signal);
    gone.abort();
    await expect(waited).rejects.toThrow("given up");
    await expect(systemTiming.delay(1000, gone.signal)).rejects.toThrow("given up");
    expect(vi.getTimerCount()).toBe(0);
  });
});

it("singleFlight() runs once for all who ask meanwhile, and again for who asks afterwards", async () => {
  let runs = 0;
  const run = singleFlight(async () => {
    runs += 1;
    await Promise.resolve();
    return runs;
  });
  expect(await Promise.all([run(), run(), run()])).toEqual([1, 1, 1]);
  expect(await run()).toBe(2);
});

it("singleFlight() lets all who waited hear of a failure, and keeps nothing of it (R17)", async () => {
  let runs = 0;
  const run = singleFlight(async () => {
    runs += 1;
    if (runs === 1) throw new Error("no");
    return runs;
  });
  const outcomes = await Promise.allSettled([run(), run()]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await run()).toBe(2);
});
