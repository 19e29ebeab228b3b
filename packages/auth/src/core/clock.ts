/** Where the rules get the time from. Tests give a clock that stands still until it is told to move. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. May jump in either direction: machines' clocks do. */
  now(): number;
}

/** Where the rules get randomness from, such as node:crypto's `randomBytes`. Shape: `bytes` octets. */
export type RandomBytes = (bytes: number) => Uint8Array;
