import type { Clock } from "../../core/domain/clock.ts";
import type { CountedTry, RateLimitCounter } from "../../core/ports/rate-limit-counter.ts";

/** Counts in memory, by the test's clock. */
export function createMemoryRateLimitCounter(clock: Clock): RateLimitCounter {
  const counters = new Map<string, { tries: number; endsAt: number }>();

  /** The counter of a window that goes on: one that ends later than if it began now was begun by a clock of the future. */
  function current({ scope, id, window: { perSeconds } }: CountedTry) {
    const name = `${scope}/${perSeconds}/${id}`;
    const now = clock.now();
    const endsAt = now + perSeconds * 1000;
    const before = counters.get(name);
    const counter = before && before.endsAt > now && before.endsAt <= endsAt ? before : { tries: 0, endsAt };
    counters.set(name, counter);
    return { counter, now };
  }

  return {
    async count(counted) {
      const { counter, now } = current(counted);
      counter.tries += 1;
      return { tries: counter.tries, leftMs: counter.endsAt - now };
    },
    async refund(counted) {
      const { counter } = current(counted);
      counter.tries = Math.max(0, counter.tries - 1);
    },
  };
}
