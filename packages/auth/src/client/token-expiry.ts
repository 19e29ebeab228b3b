import type { Timing } from "./timing.ts";

/** An access token with less left than this is refreshed before it is used. */
const aheadMs = 20_000;
/** A jump of the device's clock by less is no sleep: clocks are also put right in small steps. */
const shortestSleepMs = 5_000;
/** After a sleep this long, tokens of unknown age may have run out. */
const longSleepMs = 60_000;

/** How long the tokens in use still live, as far as this program has seen. */
export interface TokenExpiry {
  /** @param expiresIn seconds that the access token has left */
  begin(expiresIn: number, tokenId: string): void;
  /** Whether these tokens are about to run out, or may have while the device slept. */
  isDue(tokenId: string): boolean;
  /** Call it when a refresh ahead of time has failed: from then on a rejection shows that one is needed. */
  giveUp(): void;
}

const never = 1 / 0;

/**
 * Measures by a clock that only goes forward, so that a device's clock that is wrong by days changes nothing. On some
 * systems that clock stands still while the device sleeps: then the other one jumps, and the jump counts as time that
 * has passed. A clock that is set by hand causes one needless refresh, and nothing else.
 */
export function createTokenExpiry({ monotonicNow, wallNow }: Timing): TokenExpiry {
  let measured = { tokenId: "", endsAt: never };
  const apart = () => wallNow() - monotonicNow();
  let before = apart();

  /** Milliseconds slept since the last call. */
  function slept(): number {
    const jump = apart() - before;
    before += jump;
    return jump >= shortestSleepMs ? jump : 0;
  }

  return {
    begin(expiresIn, tokenId) {
      slept();
      // A life shorter than the margin would be due from the start, and be refreshed at every call.
      const known = expiresIn * 1000 > aheadMs * 2;
      measured = { tokenId, endsAt: known ? monotonicNow() + expiresIn * 1000 - aheadMs : never };
    },
    isDue(tokenId) {
      const sleep = slept();
      // Nothing is known of tokens that another tab has got, and those that were not here before the sleep are young.
      if (tokenId !== measured.tokenId) measured = { tokenId, endsAt: never };
      else if (measured.endsAt !== never) measured.endsAt -= sleep;
      else if (sleep >= longSleepMs && tokenId !== "") measured.endsAt = monotonicNow();
      return monotonicNow() >= measured.endsAt;
    },
    giveUp() {
      measured.endsAt = never;
    },
  };
}
