import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A request that is sent at fixed instants, and the text by which its answer is known. */
interface Probe {
  bytes: Uint8Array;
  expected: string;
}

export interface OpenLoop {
  port: number;
  probes: readonly Probe[];
  /** Milliseconds between two instants. */
  gapMs: number;
  seconds: number;
}

/** What the process sends back. */
export type OpenLoopReport = { latencies: number[] } | { error: string };

/**
 * Sends requests at fixed instants, whether those before are answered or not, and measures each from its instant: a server that
 * stands still for a second has made two hundred clients wait, and not one. In a process of its own, so that the load beside it does
 * not delay the measurement.
 */
export function createOpenLoop() {
  const program = fileURLToPath(new URL("./open-loop-process.ts", import.meta.url));
  const child = fork(program, { execArgv: ["--import", "tsx"], serialization: "advanced" });
  return {
    /** The latencies in milliseconds, one for each instant. */
    run: (loop: OpenLoop): Promise<number[]> =>
      new Promise((resolve, reject) => {
        const onExit = () => reject(new Error("The process of the open loop has ended"));
        child.once("exit", onExit);
        child.once("message", (report: OpenLoopReport) => {
          child.off("exit", onExit);
          if ("error" in report) reject(new Error(report.error));
          else resolve(report.latencies);
        });
        child.send(loop);
      }),
    stop: () => child.disconnect(),
  };
}
