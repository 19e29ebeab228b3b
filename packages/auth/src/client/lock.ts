import type { Timing } from "./timing.ts";

/** Runs the work while no other tab or process runs its own. May never get to it, or fail: see `withLock`. */
export type Lock = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** The name of the lock that tabs of one app share. */
export const refreshLock = "watchword.refresh";

/** A refresh takes well under a second. Whoever holds a lock longer may be a tab that the system has frozen. */
const lockWaitMs = 5_000;

/**
 * Runs the work in its turn, so that the others find done what it did. Goes on without the lock when there is none, when
 * it fails, and when its turn does not come: a lock saves requests, and nothing is right only because of it.
 */
export async function withLock<T>(lock: Lock | undefined, work: () => Promise<T>, { wait }: Timing): Promise<T> {
  const entered = new AbortController();
  const tired = new AbortController();
  let running: Promise<T> | undefined;
  const enter = () => {
    entered.abort();
    running ??= work();
    return running;
  };
  if (lock) {
    const inTurn = async () => lock(enter, tired.signal);
    const finished = inTurn().catch(() => undefined);
    const outOfPatience = wait(lockWaitMs, entered.signal).then(
      () => tired.abort(),
      () => finished,
    );
    await Promise.race([finished, outOfPatience]);
  }
  return enter();
}
