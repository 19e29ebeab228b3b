import { createRejection } from "./errors.ts";
import type { Timing } from "./timing.ts";

/** Runs the work while no other tab or process runs its own. May never get to it, or fail: see `withLock`. */
export type Lock = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** The outcome of a login or logout. */
export type SuspensionOutcome = "logged_out" | "logged_in" | "failed";

type Work = (signal: AbortSignal) => Promise<void>;

export interface Refresher {
  /**
   * Starts this refresh, or joins the one in flight. When a login or logout comes between, its outcome decides.
   *
   * @param mayStart false while a login or logout is being sent
   */
  run(work: Work, mayStart: () => boolean): Promise<void>;
  /** Callers that wait for the refresh in flight get this error at once, also when the request goes on. */
  cancel(why?: unknown): void;
  /** Of the login or logout for which refreshes are cancelled: their callers wait for it. */
  outcome: Promise<SuspensionOutcome>;
}

/** One refresh at a time: in this program by a promise, among tabs and processes by a lock. */
export function createRefresher(lock: Lock | undefined, timing: Timing, onFinished: () => void): Refresher {
  const loggedOut = createRejection("logged_out", "You have logged out");
  const none = Promise.resolve<SuspensionOutcome>("logged_out");
  let inFlight: { abort: AbortController; done: Promise<void> } | undefined;

  function start(work: Work) {
    const abort = new AbortController();
    const { signal } = abort;
    const cancelled = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
    const done = Promise.race([withLock(lock, () => work(signal), timing), cancelled]).finally(
      () => signal.aborted || finish(),
    );
    return { abort, done };
  }

  function finish(): void {
    inFlight = undefined;
    onFinished();
  }

  function join(work: Work): Promise<void> {
    inFlight ??= start(work);
    return inFlight.done;
  }

  const refresher: Refresher = {
    outcome: none,
    async run(work, mayStart) {
      try {
        if (mayStart()) return await join(work);
      } catch (error) {
        if (error !== loggedOut) throw error;
      }
      if ((await refresher.outcome) === "logged_out") throw loggedOut;
      mayStart();
      await join(work);
    },
    cancel(why = loggedOut) {
      refresher.outcome = none;
      inFlight?.abort.abort(why);
      finish();
    },
  };
  return refresher;
}

/** A refresh takes well under a second. A tab that holds a lock longer may be frozen by the system. */
const lockWaitMs = 5_000;

/**
 * Runs the work under the lock, so that other tabs and processes find it done. Goes on without the lock when there is none, when
 * it fails, and after a timeout: a lock saves requests, and correctness does not depend on it.
 */
export async function withLock<T>(lock: Lock | undefined, work: () => Promise<T>, { delay }: Timing): Promise<T> {
  const waited = new AbortController();
  const { signal } = waited;
  let running: Promise<T> | undefined;
  const enter = () => {
    waited.abort(); // ends the waiting; a lock that is granted no longer looks at the signal
    running ??= work();
    return running;
  };
  if (lock) {
    const inTurn = async () => lock(enter, signal);
    // Also what comes after the work, or a program that ends now would leave its lock behind.
    const finished = inTurn().catch(() => undefined);
    await Promise.race([finished, delay(lockWaitMs, signal).catch(() => finished)]);
  }
  return enter();
}
