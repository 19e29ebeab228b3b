import type { Timing } from "./timing.ts";

/** An access token with less left than this is renewed before it is used. */
const aheadMs = 20_000;
/** A jump of the device's clock by less is no sleep: clocks are also put right in small steps. */
const shortestSleepMs = 5_000;
/** After a sleep this long, a pair whose age nobody knows may have run out. */
const longSleepMs = 60_000;

const never = Number.POSITIVE_INFINITY;

/** How long the pair in use still lives, as far as this program has seen. */
export interface TokenLife {
  /** @param expiresIn seconds that the pair has left */
  begin(expiresIn: number, pair: string): void;
  /** Whether the pair is about to run out, or may have while the device slept. */
  isDue(pair: string): boolean;
  /** To be called when a renewal ahead of time has failed: from here on the server says when it is time. */
  giveUp(): void;
}

/**
 * Measures by a clock that only goes forward, so that a device's clock that is wrong by days changes nothing. On some
 * systems that clock stands still while the device sleeps: then the other one jumps, and the jump counts as time that
 * has passed. Somebody who sets the clock causes one needless refresh, and nothing else.
 */
export function createTokenLife({ monotonicNow, wallNow }: Timing): TokenLife {
  let measured = { pair: "", endsAt: never };
  let looked = { monotonic: monotonicNow(), wall: wallNow() };

  /** Milliseconds slept since the last look. */
  function slept(): number {
    const now = { monotonic: monotonicNow(), wall: wallNow() };
    const jump = now.wall - looked.wall - (now.monotonic - looked.monotonic);
    looked = now;
    return jump >= shortestSleepMs ? jump : 0;
  }

  return {
    begin(expiresIn, pair) {
      slept();
      // A life shorter than the margin would be due from the start, and be renewed at every call.
      const known = expiresIn * 1000 > aheadMs * 2;
      measured = { pair, endsAt: known ? monotonicNow() + expiresIn * 1000 - aheadMs : never };
    },
    isDue(pair) {
      const sleep = slept();
      // Nothing is known of a pair that another tab has got, and one that was not here before the sleep is young.
      if (pair !== measured.pair) measured = { pair, endsAt: never };
      else if (measured.endsAt !== never) measured.endsAt -= sleep;
      else if (sleep >= longSleepMs && pair !== "") measured.endsAt = monotonicNow();
      return monotonicNow() >= measured.endsAt;
    },
    giveUp() {
      measured.endsAt = never;
    },
  };
}
