import "server-only";
import { type CleanupOptions, createCleanup } from "@watchword/auth/core";
import { logFault } from "../server/log.ts";
import { endSignal } from "../server/shutdown.ts";
import { wait } from "../server/wait.ts";

/** Clears away, from now until the process is told to end. Several processes on one database may all do so. */
export function startCleanup(options: Omit<CleanupOptions, "wait" | "onError">): void {
  const housekeeping = createCleanup({
    ...options,
    wait,
    onError: (error) => logFault("housekeeping", error),
  });
  void housekeeping(endSignal());
}
