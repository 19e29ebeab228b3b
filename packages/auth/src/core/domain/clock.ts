/** The time that the rules use. Tests inject a clock that stands still until they move it. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. May jump in either direction. */
  now(): number;
}

/**
 * How a program waits. Resolves after so many milliseconds, and at once when the signal aborts; it never rejects, and leaves
 * no timer behind. Tests inject one that they release themselves.
 */
export type Delay = (ms: number, signal: AbortSignal) => Promise<void>;

/** The randomness that the rules use, such as node:crypto's `randomBytes`. Returns `bytes` octets. */
export type RandomBytes = (bytes: number) => Uint8Array;
