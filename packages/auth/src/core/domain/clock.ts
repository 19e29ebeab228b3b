/** Where the rules get the time from. Tests give a clock that stands still until it is told to move. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. May jump in either direction: machines' clocks do. */
  now(): number;
}

/**
 * How a program passes time, such as between two looks at something. Resolves after so many milliseconds, and at once when
 * the signal aborts; it never rejects, and leaves no timer behind. Tests give one that they release themselves.
 */
export type Delay = (ms: number, signal: AbortSignal) => Promise<void>;

/** Where the rules get randomness from, such as node:crypto's `randomBytes`. Shape: `bytes` octets. */
export type RandomBytes = (bytes: number) => Uint8Array;
