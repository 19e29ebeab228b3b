import type { AttemptCounter, CountedTry } from "../core/attempt-limits.ts";
import type { Clock } from "../core/clock.ts";

/** Counts in memory, by the test's clock. */
export function createMemoryAttemptCounter(clock: Clock): AttemptCounter {
  const counters = new Map<string, { tries: number; endsAt: number }>();

  function add({ scope, id, window: { perSeconds } }: CountedTry, change: number) {
    const name = `${scope}/${perSeconds}/${id}`;
    const now = clock.now();
    const before = counters.get(name);
    const counter =
      before && before.endsAt > now
        ? { ...before, tries: before.tries + change }
        : { tries: change, endsAt: now + perSeconds * 1000 };
    counters.set(name, counter);
    return counter;
  }

  return {
    async count(counted) {
      const { tries, endsAt } = add(counted, 1);
      return { tries, leftMs: endsAt - clock.now() };
    },
    async giveBack(counted) {
      add(counted, -1);
    },
  };
}
