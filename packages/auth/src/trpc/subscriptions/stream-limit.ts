import { AuthError } from "../../core/domain/errors.ts";
import { streamSettings } from "./stream-life.ts";

/** How many streams each user has open at one server. In the memory of one process: it is a bound, not a rule. */
export interface StreamLimit {
  /**
   * Counts a stream, until the returned function is called.
   *
   * @throws {AuthError} `rate_limited` when the user has as many streams as one may have
   */
  enter(userId: string): () => void;
}

/** By then a tab that was closed has been noticed. Seconds. */
const retryAfterSeconds = 5;

export function createStreamLimit(most: number = streamSettings.perUser): StreamLimit {
  const open = new Map<string, number>();
  const add = (userId: string, count: number) => {
    const now = (open.get(userId) ?? 0) + count;
    if (now === 0) open.delete(userId);
    else open.set(userId, now);
  };
  return {
    enter(userId) {
      if ((open.get(userId) ?? 0) >= most) {
        throw new AuthError("rate_limited", { message: "Too many streams are open. Close one", retryAfterSeconds });
      }
      add(userId, 1);
      return () => add(userId, -1);
    },
  };
}
