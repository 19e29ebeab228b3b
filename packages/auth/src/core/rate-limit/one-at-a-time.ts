import { AuthError } from "../domain/errors.ts";

/** How many calls with one key may wait for their turn. One more is refused at once. */
const mostWaiting = 8;

/**
 * Runs the work of each key one after the other. For what one link of a mail may order: the first call uses the link up, and
 * those that waited find it gone before they have cost a hash. In the memory of the process, as the line of hashes is.
 */
export function createOneAtATime() {
  const lines = new Map<string, { calls: number; last: Promise<unknown> }>();
  /** @throws {AuthError} `temporarily_unavailable`: too many wait already */
  return async <T>(key: string, run: () => Promise<T>): Promise<T> => {
    const line = lines.get(key) ?? { calls: 0, last: Promise.resolve() };
    if (line.calls > mostWaiting) throw new AuthError("temporarily_unavailable");
    lines.set(key, line);
    line.calls += 1;
    const turn = line.last.then(run);
    line.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      line.calls -= 1;
      if (line.calls === 0) lines.delete(key);
    }
  };
}
