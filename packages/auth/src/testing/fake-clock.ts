import type { Clock } from "../core/domain/clock.ts";

/** The instant at which tests begin unless they say otherwise: 2026-01-01T00:00:00Z, in milliseconds since 1970. */
export const testStart = Date.UTC(2026, 0, 1);

/** A clock that stands still until the test moves it: no test has to sleep, and no result depends on the machine. */
export interface FakeClock extends Clock {
  /** Moves the clock by so many milliseconds; a negative number moves it back, as machines' clocks do. */
  advance(ms: number): void;
  /** Moves the clock to an instant, in milliseconds since 1970. */
  set(ms: number): void;
}

/** @param start milliseconds since 1970 */
export function createFakeClock(start = testStart): FakeClock {
  let now = start;
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
    set(ms) {
      now = ms;
    },
  };
}
