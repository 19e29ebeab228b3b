import "server-only";

/** Long enough for any request but a stream, which would go on for ever. */
const graceMs = 5_000;

/** How long it may take to give back what uploads hold: a row and a file each. What is left then, runs out by itself. */
const abandonMs = 1_000;

/**
 * Ends the process on a stop signal. Next waits for every open connection, and a live stream is one
 * that never ends by itself; its client goes on with the next process, after the last event that it has.
 *
 * @param abandon gives back what is not done by then
 */
export function endInTime(abandon: () => Promise<unknown>): void {
  onStopSignal(() => setTimeout(() => void exitAfterAbandoning({ abandon, exit: process.exit }, 0), graceMs).unref());
}

/** Ends the process once what is under way has given back what it holds, or has taken too long for that. */
export async function exitAfterAbandoning({ abandon, exit }: ExitOptions, code: number): Promise<void> {
  const late = setTimeout(() => exit(code), abandonMs);
  await abandon().catch(() => undefined);
  clearTimeout(late);
  exit(code);
}

interface ExitOptions {
  abandon: () => Promise<unknown>;
  exit: (code: number) => void;
}

/** Aborts on a stop signal, so that background work begins nothing new. */
export function endSignal(): AbortSignal {
  const end = new AbortController();
  onStopSignal(() => end.abort());
  return end.signal;
}

function onStopSignal(act: () => void): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, act);
}
