import { clearTimeout, setTimeout } from "node:timers";
import type { Database as Client, Statement } from "better-sqlite3";
import type { CheckpointAnswer, CheckpointOutcome, CheckpointThread, ThreadOptions } from "./checkpoint-thread.ts";

/** One checkpoint, and the thread that ran it. */
export interface Checkpoint extends CheckpointAnswer {
  thread: "checkpoint" | "serving";
}

export interface CheckpointsOptions {
  client: Client;
  startThread: (callbacks: Pick<ThreadOptions, "onAnswer" | "onEnd">) => CheckpointThread;
  /** Called before a checkpoint, which a reader of this process must not hinder, and after it. */
  setReadLock: (allowed: boolean) => void;
  onCheckpoint: (checkpoint: Checkpoint) => void;
}

export interface Checkpoints {
  /** To be called after each commit of this process, on whichever connection. Never throws. */
  afterCommit(): void;
  close(): void;
}

/** Pages: as SQLite's own checkpoints. Four megabytes. */
export const startAtFrames = 1_000;

/** Pages: so long a log is worth a checkpoint on the serving thread, when there is no other. */
export const hardBoundFrames = 4 * startAtFrames;

/** A process of fewer commits, such as a command line tool, starts no thread. */
export const fewCommits = 16;

/** After an incomplete one, in milliseconds, doubled each time: as soon as a reader ends, the log is copied. */
const [firstPauseMs, longestPauseMs] = [10, 1_000];

/** A thread that has ended by itself is started again after so long, in milliseconds. */
const startAgainAfterMs = 30_000;

/**
 * Decides when the write-ahead log is copied into the database (a checkpoint), and has it done in a thread of its own. A read that
 * stays open in another process lets the log grow, whatever is done here: it is tried again until that read has ended.
 */
export function createCheckpoints({ client, startThread, setReadLock, onCheckpoint }: CheckpointsOptions): Checkpoints {
  let thread: CheckpointThread | undefined;
  const start = createStarter(startThread);
  const framesOfLog = prepareLogLength(client);
  /** Since when the thread has been asked; undefined when it has answered. */
  let askedAt: number | undefined;
  let commits = 0;
  const retry = createRetry(copy);
  /** How long the log was after a checkpoint that was complete: until the next write it stays so. */
  let completeAt = 0;

  function settle(checkpoint: Checkpoint): void {
    askedAt = undefined;
    setReadLock(true);
    const isComplete = checkpoint.outcome === "complete";
    completeAt = isComplete ? framesOfLog() : 0;
    if (isComplete) retry.reset();
    else retry.plan();
    onCheckpoint(checkpoint);
  }

  function copy(): void {
    thread ??= start({ onAnswer: (answer) => settle({ ...answer, thread: "checkpoint" }), onEnd: giveUp });
    if (thread) {
      askedAt = performance.now();
      setReadLock(false);
      thread.ask();
    } else if (framesOfLog() >= hardBoundFrames) {
      setReadLock(false);
      settle(checkpointHere(client));
    }
  }

  function giveUp(): void {
    thread = undefined;
    if (askedAt === undefined) return;
    settle({ outcome: "failed", ms: performance.now() - askedAt, frames: 0, thread: "checkpoint" });
  }

  return {
    afterCommit() {
      commits += 1;
      if (commits < fewCommits || retry.isPlanned() || askedAt !== undefined) return;
      const frames = framesOfLog();
      if (frames >= startAtFrames && frames !== completeAt) copy();
    },
    close() {
      retry.reset();
      thread?.close();
      thread = undefined;
    },
  };
}

/** Does some work again after a pause, which doubles until `reset`. */
function createRetry(work: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let pauseMs = firstPauseMs;
  function run(): void {
    timer = undefined;
    work();
  }
  return {
    isPlanned: () => timer !== undefined,
    plan(): void {
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      timer = setTimeout(run, pauseMs).unref();
    },
    reset(): void {
      clearTimeout(timer);
      timer = undefined;
      pauseMs = firstPauseMs;
    },
  };
}

/** Starts a thread, unless the last start is too short a time ago or the system has none to give. */
function createStarter(startThread: CheckpointsOptions["startThread"]) {
  let startAgainAt = 0;
  return (callbacks: Parameters<typeof startThread>[0]): CheckpointThread | undefined => {
    const now = performance.now();
    if (now < startAgainAt) return undefined;
    startAgainAt = now + startAgainAfterMs;
    try {
      return startThread(callbacks);
    } catch {
      return undefined;
    }
  };
}

/** How long the log is, in pages: SQLite says so without a checkpoint, in two microseconds. */
function prepareLogLength(client: Client): () => number {
  let statement: Statement<[], LogState> | undefined;
  return () => {
    try {
      statement ??= client.prepare<[], LogState>("PRAGMA wal_checkpoint(NOOP)");
      return statement.get()?.log ?? 0;
    } catch {
      return 0; // whatever is wrong with the file, the next read or write will say
    }
  };
}

interface LogState {
  busy: number;
  log: number;
}

function checkpointHere(client: Client): Checkpoint {
  const begun = performance.now();
  const result = (outcome: CheckpointOutcome, frames: number): Checkpoint => {
    return { outcome, ms: performance.now() - begun, frames, thread: "serving" };
  };
  try {
    const state = client.prepare<[], LogState>("PRAGMA wal_checkpoint(RESTART)").get();
    return result(state?.busy === 0 ? "complete" : "partial", state?.log ?? 0);
  } catch {
    return result("failed", 0);
  }
}
