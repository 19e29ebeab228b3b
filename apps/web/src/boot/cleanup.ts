import "server-only";
import { type CleanupOptions, createCleanup } from "@watchword/auth/core";
import { logError } from "../server/log.ts";
import { endSignal } from "../server/shutdown.ts";
import { wait } from "../server/wait.ts";

/** Runs the cleanup from now until a stop signal. Several processes on one database may all do so. */
export function startCleanup(options: Omit<CleanupOptions, "wait" | "onError">): void {
  const cleanUp = createCleanup({
    ...options,
    wait,
    onError: (error) => logError("housekeeping", error),
  });
  void cleanUp(endSignal());
}
