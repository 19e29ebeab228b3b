import type { Timing } from "../src/client/timing.ts";

/** The clocks of the device that a client runs on. They move when a test says so, and waiting takes no time at all. */
export interface TestDevice {
  timing: Timing;
  /** Every wait that was asked for, in milliseconds. */
  waits: number[];
  /** Time passes, while the device is awake. */
  pass(ms: number): void;
  /** Time passes while the device sleeps: on this one, the clock that only goes forward stands still meanwhile. */
  sleep(ms: number): void;
  /** Somebody sets the device's clock. */
  setClock(byMs: number): void;
  /** Decides how each wait ends. It ends at once, and the clocks have moved on, unless a test says otherwise. */
  onWait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A device that has no idea what time it is, which changes nothing. */
export function createTestDevice(): TestDevice {
  let monotonic = 0;
  let wall = 0;
  const waits: number[] = [];
  const device: TestDevice = {
    waits,
    timing: {
      monotonicNow: () => monotonic,
      wallNow: () => wall,
      random: () => 0.5,
      async delay(ms, signal) {
        if (signal.aborted) throw new Error("The wait was given up");
        waits.push(ms);
        await device.onWait(ms, signal);
        if (signal.aborted) throw new Error("The wait was given up");
      },
    },
    pass(ms) {
      monotonic += ms;
      wall += ms;
    },
    sleep(ms) {
      wall += ms;
    },
    setClock(byMs) {
      wall += byMs;
    },
    onWait: async (ms) => device.pass(ms),
  };
  return device;
}
