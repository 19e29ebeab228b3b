import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import { pauseMs } from "../patience.ts";
import { asOutage, ConnectionLostError, isContention, QueueFullError, translateFailure } from "../sqlite-errors.ts";
import type { GroupResult, RunGroup } from "./run-group.ts";

/** So many writes may wait for the lock. One more is rejected at once: it would only make the others wait. */
export const mostWaiting = 1_000;

/** One group of writes that is on the disk. */
export interface Flush {
  operations: number;
  /** How long its COMMIT took, in milliseconds: the flush of the disk. */
  flushMs: number;
  /** How often another process held the lock before it began. */
  retries: number;
}

export interface WriteQueueOptions {
  /** Called once before each group. What it throws rejects the group. */
  check: () => void;
  runGroup: RunGroup;
  /** For how long a write waits while another process holds the lock, in milliseconds. */
  retryForMs: number;
  /** Called after each COMMIT. */
  onFlush: (flush: Flush) => void;
}

export interface WriteQueue {
  /** Resolves when the write is on the disk. */
  write<T>(operation: () => T): Promise<T>;
  readonly waiting: number;
  /** Runs what waits, or rejects it when the lock is taken. */
  close(): void;
}

const closed = new ConnectionLostError("The connection was closed");

interface Ticket {
  operation: () => unknown;
  /** Until when it waits for the lock. */
  deadline: number;
  resolve: (done: never) => void;
  reject: (error: unknown) => void;
}

/**
 * Collects the writes of one turn of the event loop, and runs them as one group with one flush of the disk. First come, first
 * served. While another process holds the lock, the group waits, and newcomers join it.
 */
export function createWriteQueue({ check, runGroup, retryForMs, onFlush }: WriteQueueOptions): WriteQueue {
  let tickets: Ticket[] = [];
  let retries = 0;
  /** While the lock is taken; undefined when nothing waits, or the group is to run in this turn. */
  let pause: NodeJS.Timeout | undefined;

  function run(): void {
    pause = undefined;
    // Empty when close() was quicker.
    if (tickets.length === 0) return;
    const result = attempt(check, runGroup, tickets);
    if (result.state === "not_begun" && isContention(result.error)) {
      putOff(result.error);
      return;
    }
    const flush = { operations: tickets.length, retries };
    retries = 0;
    settle(tickets.splice(0), result);
    if (result.state === "committed") onFlush({ ...flush, flushMs: result.flushMs });
  }

  /** Those whose time is over are rejected; the others ask again after a pause. */
  function putOff(error: unknown): void {
    const now = performance.now();
    const over = tickets.filter(({ deadline }) => now >= deadline);
    tickets = tickets.filter(({ deadline }) => now < deadline);
    if (tickets.length > 0) pause = setTimeout(run, pauseMs(retries));
    retries = tickets.length > 0 ? retries + 1 : 0;
    for (const { reject } of over) reject(translateFailure(error));
  }

  return {
    write<T>(operation: () => T): Promise<T> {
      if (tickets.length >= mostWaiting) return Promise.reject(translateFailure(new QueueFullError()));
      return new Promise((resolve, reject) => {
        if (tickets.length === 0) setImmediate(run);
        tickets.push({ operation, deadline: performance.now() + retryForMs, resolve, reject });
      });
    },
    get waiting() {
      return tickets.length;
    },
    close() {
      clearTimeout(pause);
      run();
      clearTimeout(pause);
      for (const { reject } of tickets.splice(0)) reject(translateFailure(closed));
    },
  };
}

function attempt(check: () => void, runGroup: RunGroup, tickets: readonly Ticket[]): GroupResult {
  try {
    check();
  } catch (error) {
    return { state: "not_begun", error };
  }
  return runGroup(tickets.map(({ operation }) => operation));
}

function settle(group: readonly Ticket[], result: GroupResult): void {
  for (const [at, { resolve, reject }] of group.entries()) {
    if (result.state !== "committed") {
      reject(asOutage(result.error));
      continue;
    }
    const outcome = result.outcomes[at];
    if (outcome && "done" in outcome) resolve(outcome.done as never);
    else reject(translateFailure(outcome?.failed));
  }
}
