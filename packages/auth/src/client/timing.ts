/** Clocks, chance and waiting: arguments, so that no test sleeps and none depends on luck. */
export interface Timing {
  /** Milliseconds that only go forward. A device clock may be wrong by days; this one may stand still during sleep. */
  monotonicNow(): number;
  /** The device's clock. Compared with itself only, to notice that the device has slept. */
  wallNow(): number;
  /** From 0 to 1, 1 excluded. */
  random(): number;
  /** Resolves after so many milliseconds, and rejects as soon as the signal is aborted. */
  delay(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemTiming: Timing = {
  monotonicNow: () => performance.now(),
  wallNow: Date.now,
  random: Math.random,
  delay,
};

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new Error("given up"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

/**
 * How long to wait after so many failures in a row: doubles up to a ceiling, and chance decides how much of it, so that
 * all who failed together do not come back together.
 */
export function backoffMs({ failures, firstMs, mostMs }: Backoff, { random }: Timing): number {
  return random() * Math.min(mostMs, firstMs * 2 ** failures);
}

export interface Backoff {
  failures: number;
  firstMs: number;
  mostMs: number;
}

/**
 * Runs one piece of work at a time: a call meanwhile waits for the one that runs.
 */
export function singleFlight<Args extends unknown[], T>(
  work: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  let inFlight: Promise<T> | undefined;
  return (...args) => {
    inFlight ??= work(...args).finally(() => {
      inFlight = undefined;
    });
    return inFlight;
  };
}
