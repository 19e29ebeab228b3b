import { AuthError, type Delay } from "@watchword/auth/core";

/** The uploads that this process is receiving. */
export interface Uploads {
  /**
   * Runs one upload, and renews its lease until it is over. The signal aborts when it must end before: because this process ends, or
   * because its lease is lost.
   *
   * @param renew throws an `AuthError` when the lease is lost; `temporarily_unavailable` is asked again
   * @throws {AuthError} `temporarily_unavailable` once this process is ending, or whatever `work` throws
   */
  run<T>(renew: () => Promise<void>, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Ends all that are under way, and takes no new one. Resolves when each has given back its room and its bytes. */
  abandon(): Promise<void>;
}

/** Several times within a lease, so that a database that is busy for a while costs none. */
const renewEveryMs = 10_000;

export function createUploads({ delay }: { delay: Delay }): Uploads {
  const ending = new AbortController();
  const underWay = new Set<Promise<unknown>>();

  async function keepLease(renew: () => Promise<void>, { over, lost }: Record<"over" | "lost", AbortController>) {
    for (;;) {
      await delay(renewEveryMs, over.signal);
      if (over.signal.aborted) return;
      try {
        await renew();
      } catch (error) {
        if (!isTransient(error)) return lost.abort(error);
      }
    }
  }

  return {
    async run(renew, work) {
      if (ending.signal.aborted) throw new AuthError("temporarily_unavailable");
      const [over, lost] = [new AbortController(), new AbortController()];
      const running = work(AbortSignal.any([ending.signal, lost.signal])).finally(() => over.abort());
      void keepLease(renew, { over, lost });
      underWay.add(running);
      try {
        return await running;
      } finally {
        underWay.delete(running);
      }
    },
    async abandon() {
      ending.abort(new AuthError("temporarily_unavailable"));
      await Promise.allSettled(underWay);
    },
  };
}

function isTransient(error: unknown): boolean {
  return error instanceof AuthError && error.reason === "temporarily_unavailable";
}
