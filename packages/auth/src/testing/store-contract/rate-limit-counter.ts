import { describe, expect, it } from "vitest";
import type { CountedTry, RateLimitCounter } from "../../core/ports/rate-limit-counter.ts";

export interface OpenedCounter {
  counter: RateLimitCounter;
  /** Lets time pass, by whatever clock the counter goes. Below zero: the clock is put back. */
  pass(ms: number): void;
}

const minute: CountedTry = { scope: "pair", id: "a", window: { tries: 5, perSeconds: 60 } };
const hour: CountedTry = { ...minute, window: { tries: 20, perSeconds: 3600 } };

/** What every `RateLimitCounter` must pass. */
export function describeRateLimitCounter(name: string, open: () => OpenedCounter): void {
  describeCounting(name, open);
  describeCounterClock(name, open);
}

function describeCounting(name: string, open: () => OpenedCounter): void {
  describe(`${name} keeps the contract of RateLimitCounter`, () => {
    it("gives each of any number of tries at once a number of its own", async () => {
      const { counter } = open();
      const counted = await Promise.all(Array.from({ length: 50 }, () => counter.count(minute)));
      expect(counted.map(({ tries }) => tries).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 50 }, (_, n) => n + 1),
      );
    });

    it("begins the window with the first try, moves its end by none, and begins anew when it is over", async () => {
      const { counter, pass } = open();
      expect(await counter.count(minute)).toEqual({ tries: 1, leftMs: 60_000 });
      pass(59_000);
      expect(await counter.count(minute)).toEqual({ tries: 2, leftMs: 1_000 });
      pass(1_000);
      expect(await counter.count(minute)).toEqual({ tries: 1, leftMs: 60_000 });
    });

    it("counts scopes, ids and windows apart", async () => {
      const { counter } = open();
      await counter.count(minute);
      for (const other of [hour, { ...minute, id: "b" }, { ...minute, scope: "account" as const }]) {
        expect((await counter.count(other)).tries).toBe(1);
      }
    });
  });
}

function describeCounterClock(name: string, open: () => OpenedCounter): void {
  describe(`${name} keeps the contract of RateLimitCounter`, () => {
    it("believes no clock of the future: put right, it counts anew, for no longer than the window (T07)", async () => {
      const { counter, pass } = open();
      for (const ahead of [1, 1_000, 86_400_000]) {
        pass(ahead);
        for (let time = 0; time < 6; time += 1) await counter.count(minute);
        pass(-ahead);
        expect(await counter.count(minute)).toEqual({ tries: 1, leftMs: 60_000 });
        expect(await counter.count(minute)).toEqual({ tries: 2, leftMs: 60_000 });
        pass(60_000);
      }
    });

    it("goes on counting while the clock is put back within the window", async () => {
      const { counter, pass } = open();
      await counter.count(minute);
      pass(30_000);
      pass(-30_000);
      expect(await counter.count(minute)).toEqual({ tries: 2, leftMs: 60_000 });
    });

    it("takes nothing back from a window that is over, nor from one of the future (T07)", async () => {
      const { counter, pass } = open();
      await counter.count(minute);
      pass(60_000);
      await counter.refund(minute);
      expect((await counter.count(minute)).tries).toBe(1);
      pass(-60_000);
      await counter.refund(minute);
      expect((await counter.count(minute)).tries).toBe(1);
    });

    it("takes a try back", async () => {
      const { counter } = open();
      await counter.count(minute);
      await counter.count(minute);
      await counter.refund(minute);
      expect((await counter.count(minute)).tries).toBe(2);
    });
  });
}
