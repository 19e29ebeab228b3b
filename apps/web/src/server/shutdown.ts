import "server-only";

/** Long enough for any request but a stream, which would go on for ever. */
const graceMs = 5_000;

/** How long it may take to give back what uploads hold: a row and a file each. What is left then, runs out by itself. */
const abandonMs = 1_000;

/**
 * Sees to it that the process ends when it is told to. Next waits for every open connection, and a live stream is one
 * that never ends by itself; whoever follows it goes on with the next process, after the last event they have.
 *
 * @param abandon gives back what is not done by then
 */
export function endInTime(abandon: () => Promise<unknown>): void {
  whenTold(() => setTimeout(() => void leave({ abandon, exit: process.exit }, 0), graceMs).unref());
}

/** Ends the process once what is under way has given back what it holds, or has taken too long for that. */
export async function leave({ abandon, exit }: Leaving, code: number): Promise<void> {
  const late = setTimeout(() => exit(code), abandonMs);
  await abandon().catch(() => undefined);
  clearTimeout(late);
  exit(code);
}

interface Leaving {
  abandon: () => Promise<unknown>;
  exit: (code: number) => void;
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
