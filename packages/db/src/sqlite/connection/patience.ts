import { setTimeout as pause } from "node:timers/promises";
import { isContention, translateFailure } from "./sqlite-errors.ts";

/** A transaction of another process takes a millisecond or two; asking again takes some ten microseconds. */
const longestPauseMs = 8;

/** Runs an operation again while another process holds a lock that it needs, until its time is over. */
export async function runPatiently<T>(retryForMs: number, operation: () => T): Promise<T> {
  const deadline = performance.now() + retryForMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return operation();
    } catch (error) {
      if (!isContention(error) || performance.now() >= deadline) throw translateFailure(error);
      await pause(pauseMs(attempt));
    }
  }
}

/** Random, so that processes which collided once do not collide again at each attempt. */
export function pauseMs(attempt: number): number {
  return Math.ceil(Math.random() * Math.min(2 ** attempt, longestPauseMs));
}
