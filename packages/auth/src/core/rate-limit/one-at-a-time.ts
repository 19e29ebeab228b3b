import { AuthError } from "../domain/errors.ts";

/** Calls with one key that may wait. One more is rejected at once. */
const mostWaiting = 8;

/**
 * Runs the calls of each key one after the other. For calls with one email link: the first one consumes the link, and the
 * others are rejected before they cost a hash. In the memory of the process, as the queue of hashes is.
 */
export function createOneAtATime() {
  const lines = new Map<string, { calls: number; last: Promise<unknown> }>();
  /** @throws {AuthError} `temporarily_unavailable`: too many calls wait */
  return async <T>(key: string, run: () => Promise<T>): Promise<T> => {
    const line = lines.get(key) ?? { calls: 0, last: Promise.resolve() };
    if (line.calls > mostWaiting) throw new AuthError("temporarily_unavailable");
    lines.set(key, line);
    line.calls += 1;
    const result = line.last.then(run);
    line.last = result.catch(() => undefined);
    try {
      return await result;
    } finally {
      line.calls -= 1;
      if (line.calls === 0) lines.delete(key);
    }
  };
}
