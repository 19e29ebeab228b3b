import "server-only";
import { type CleanupOptions, createCleanup } from "@watchword/auth/core";
import { delay } from "../server/delay.ts";
import { logError } from "../server/log.ts";
import { endSignal } from "../server/shutdown.ts";

/** Runs the cleanup from now until a stop signal. Several processes on one database may all do so. */
export function startCleanup(options: Omit<CleanupOptions, "delay" | "onError">): void {
  const cleanUp = createCleanup({
    ...options,
    delay,
    onError: (error) => logError("housekeeping", error),
  });
  void cleanUp(endSignal());
}
