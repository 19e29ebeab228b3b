import type { RateLimitKey, RateLimitWindow } from "../domain/rate-limit.ts";

/** The port to what counts tries, so that a limit holds in every process and after a restart. */
export interface RateLimitCounter {
  /**
   * Adds one to a counter, by one conditional statement: of any number of calls at once each gets a number of its own. The
   * window begins with the first try, and what comes after its end begins a new one.
   */
  count(counted: CountedTry): Promise<Counted>;
  /** Takes one off again. */
  refund(counted: CountedTry): Promise<void>;
}

export interface CountedTry extends Omit<RateLimitKey, "factor"> {
  window: RateLimitWindow;
}

export interface Counted {
  /** With this one. */
  tries: number;
  /** Until the window ends, in milliseconds. */
  leftMs: number;
}
