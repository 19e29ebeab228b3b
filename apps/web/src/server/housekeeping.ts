import "server-only";
import { setTimeout as timer } from "node:timers/promises";
import { createHousekeeping, type HousekeepingOptions, type Wait } from "@watchword/auth/core";
import { logFault } from "./log.ts";
import { endSignal } from "./shutdown.ts";

/** Passes time without keeping the process alive. */
const wait: Wait = (ms, signal) => timer(ms, undefined, { signal, ref: false }).catch(() => undefined);

/** Clears away, from now until the process is told to end. Several processes on one database may all do so. */
export function keepHouse(options: Omit<HousekeepingOptions, "wait" | "onFault">): void {
  const housekeeping = createHousekeeping({
    ...options,
    wait,
    onFault: (error) => logFault("housekeeping", error),
  });
  void housekeeping(endSignal());
}
