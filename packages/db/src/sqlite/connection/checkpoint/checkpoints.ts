import { clearTimeout, setTimeout } from "node:timers";
import type { Database as Client, Statement } from "better-sqlite3";
import { CheckpointDueError } from "../sqlite-errors.ts";
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

/** Pages: as SQLite's own checkpoints. Four megabytes. */
export const startAtFrames = 1_000;

/** Pages: beyond so many, writes wait for a checkpoint that runs, for so many milliseconds at most. */
const giveWayFrames = 1.5 * startAtFrames;
const giveWayForMs = 100;

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
export class Checkpoints {
  readonly #options: CheckpointsOptions;
  readonly #framesOfLog: () => number;
  readonly #start: ReturnType<typeof createStarter>;
  readonly #retry = createRetry(() => this.#copy());
  #thread: CheckpointThread | undefined;
  /** Since when the thread has been asked; undefined when it has answered. */
  #askedAt: number | undefined;
  #commits = 0;
  /** How long the log was after a checkpoint that was complete: until the next write it stays so. */
  #completeAt = 0;
  /** A checkpoint was not complete although no write of this process stood in its way. */
  #isWaitInVain = false;

  constructor(options: CheckpointsOptions) {
    this.#options = options;
    this.#framesOfLog = prepareLogLength(options.client);
    this.#start = createStarter(options.startThread);
  }

  /** To be called after each commit of this process, on whichever connection. Never throws. */
  afterCommit(): void {
    this.#commits += 1;
    if (this.#commits < fewCommits || this.#retry.isPlanned() || this.#askedAt !== undefined) return;
    const frames = this.#framesOfLog();
    if (frames === this.#completeAt) return;
    if (frames >= startAtFrames) this.#copy();
    else if (frames >= startAtFrames / 2) this.#ready(); // a thread takes its time to start
  }

  /**
   * To be called before a group of writes begins.
   *
   * @throws {CheckpointDueError} while a checkpoint of a long log runs: without a pause between two writes it would never end
   */
  check(): void {
    if (this.#askedAt === undefined || this.#isWaitInVain || this.#framesOfLog() < giveWayFrames) return;
    if (performance.now() - this.#askedAt < giveWayForMs) throw new CheckpointDueError();
  }

  close(): void {
    this.#retry.reset();
    this.#thread?.close();
  }

  #copy(): void {
    const thread = this.#ready();
    if (thread) {
      this.#askedAt = performance.now();
      this.#options.setReadLock(false);
      thread.ask();
    } else if (this.#framesOfLog() >= hardBoundFrames) {
      this.#options.setReadLock(false);
      this.#settle(checkpointHere(this.#options.client));
    }
  }

  #ready(): CheckpointThread | undefined {
    this.#thread ??= this.#start({
      onAnswer: (answer) => this.#settle({ ...answer, thread: "checkpoint" }),
      onEnd: () => this.#giveUp(),
    });
    return this.#thread;
  }

  #settle(checkpoint: Checkpoint): void {
    this.#askedAt = undefined;
    this.#options.setReadLock(true);
    const [frames, isComplete] = [this.#framesOfLog(), checkpoint.outcome === "complete"];
    this.#completeAt = isComplete ? frames : 0;
    this.#isWaitInVain = !isComplete && (this.#isWaitInVain || frames >= giveWayFrames);
    if (isComplete) this.#retry.reset();
    else this.#retry.plan();
    this.#options.onCheckpoint(checkpoint);
  }

  #giveUp(): void {
    this.#thread = undefined;
    if (this.#askedAt !== undefined) this.#settle(failedAfter(performance.now() - this.#askedAt));
  }
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

function failedAfter(ms: number): Checkpoint {
  return { outcome: "failed", ms, frames: 0, thread: "checkpoint" };
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
