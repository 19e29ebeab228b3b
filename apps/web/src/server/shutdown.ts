import "server-only";

/** Long enough for any request but a stream, which would go on for ever. */
const graceMs = 5_000;

/**
 * Sees to it that the process ends when it is told to. Next waits for every open connection, and a live stream is one
 * that never ends by itself; whoever follows it goes on with the next process, after the last event they have.
 */
export function endInTime(): void {
  whenTold(() => setTimeout(() => process.exit(0), graceMs).unref());
}

/** Aborts when the process is told to end, so that what goes on by itself begins nothing new. */
export function endSignal(): AbortSignal {
  const end = new AbortController();
  whenTold(() => end.abort());
  return end.signal;
}

function whenTold(act: () => void): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, act);
}
