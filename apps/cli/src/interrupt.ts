import { CliError } from "./cli-error.ts";
import type { StopSignal, Terminal } from "./terminal.ts";

/** What a shell reports of a command that such a signal ended: 128 and the number of the signal. */
const exitCodeOf = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const satisfies Record<StopSignal, number>;

interface Process {
  on(signal: StopSignal, callback: () => void): unknown;
  exit(code: number): void;
}

/**
 * Listens for the signals that end the command. Work that has to clean up is called back, and ends by itself. Without such work,
 * and at the second signal, the command ends at once.
 */
export function listenForStops({ on, exit }: Process): Terminal["onStop"] {
  const listeners = new Set<(signal: StopSignal) => void>();
  let isStopping = false;
  for (const signal of Object.keys(exitCodeOf) as StopSignal[]) {
    on(signal, () => {
      if (isStopping || listeners.size === 0) return exit(exitCodeOf[signal]);
      isStopping = true;
      for (const listener of [...listeners]) listener(signal);
    });
  }
  return (listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
}

/**
 * Runs work that a signal of the user or the system stops. The work must handle the `AbortSignal`.
 *
 * @param stopped what is said then
 * @throws {CliError} `cancelled`, with the exit code of the signal, whatever the work failed with
 */
export async function untilStopped<T>(
  { onStop }: Terminal,
  stopped: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  let by: StopSignal | undefined;
  const stopListening = onStop((signal) => {
    by = signal;
    stop.abort();
  });
  try {
    return await work(stop.signal);
  } catch (error) {
    throw by === undefined ? error : cancelled(stopped, by);
  } finally {
    stopListening();
  }
}

/** The error of a command that the user cancelled. A prompt reads Ctrl-C as a key, so no signal comes then. */
export function cancelled(message: string, by: StopSignal = "SIGINT"): CliError {
  return new CliError(message, { reason: "cancelled", exitCode: exitCodeOf[by] });
}
