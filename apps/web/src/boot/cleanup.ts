import "server-only";
import { createHousekeeping, type HousekeepingOptions } from "@watchword/auth/core";
import { logFault } from "../server/log.ts";
import { endSignal } from "../server/shutdown.ts";
import { wait } from "../server/wait.ts";

/** Clears away, from now until the process is told to end. Several processes on one database may all do so. */
export function keepHouse(options: Omit<HousekeepingOptions, "wait" | "onFault">): void {
  const housekeeping = createHousekeeping({
    ...options,
    wait,
    onFault: (error) => logFault("housekeeping", error),
  });
  void housekeeping(endSignal());
}
