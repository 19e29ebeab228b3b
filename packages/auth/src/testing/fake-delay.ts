import type { Delay } from "../core/domain/clock.ts";
import type { FakeClock } from "./fake-clock.ts";

/** A `Delay` that goes by a fake clock: nothing that waits goes on until the test lets time pass. */
export interface FakeDelay {
  delay: Delay;
  /** How many are waiting. */
  readonly waiting: number;
  /** Moves the clock on by so many milliseconds, stopping wherever a wait ends on the way, until all that follows is done. */
  pass(ms: number): Promise<void>;
}

export function createFakeDelay(clock: FakeClock): FakeDelay {
  const waits = new Set<{ endsAt: number; end: () => void }>();
  return {
    delay: (ms, signal) =>
      new Promise((resolve) => {
        const one = {
          endsAt: clock.now() + ms,
          end() {
            waits.delete(one);
            signal.removeEventListener("abort", one.end);
            resolve();
          },
        };
        waits.add(one);
        if (signal.aborted) one.end();
        else signal.addEventListener("abort", one.end, { once: true });
      }),
    get waiting() {
      return waits.size;
    },
    async pass(ms) {
      const until = clock.now() + ms;
      await settled();
      for (;;) {
        const [first] = [...waits].sort((a, b) => a.endsAt - b.endsAt);
        if (!first || first.endsAt > until) break;
        clock.set(first.endsAt);
        first.end();
        await settled();
      }
      clock.set(until);
      await settled();
    },
  };
}

/** Every promise that can go on has gone on. A stream hands an event through some layers, each some turns of the loop. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
