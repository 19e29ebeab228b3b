import { Worker } from "node:worker_threads";

/** `partial`: a reader or a writer of any process stood in the way. */
export type CheckpointOutcome = "complete" | "partial" | "failed";

/** What `checkpoint-worker.mjs` answers. */
export interface CheckpointAnswer {
  outcome: CheckpointOutcome;
  ms: number;
  /** How long the log was, in pages. */
  frames: number;
}

export interface CheckpointThread {
  /** Asks for one checkpoint; one at a time. */
  ask(): void;
  /** Waits until a checkpoint that runs is over and its connection closed, and ends the thread. */
  close(): void;
}

export interface ThreadOptions {
  file: string;
  /** A log file that is larger is cut off after a checkpoint. */
  truncateAboveBytes: number;
  onAnswer: (answer: CheckpointAnswer) => void;
  /** Called once, when the thread has ended by itself. */
  onEnd: () => void;
}

/** As long as a checkpoint may take at the end of a process. */
const closeWithinMs = 5_000;

/** Starts the thread; written so that every bundler finds the file. It keeps no process alive. */
export function startCheckpointThread({ file, truncateAboveBytes, onAnswer, onEnd }: ThreadOptions): CheckpointThread {
  /** 1 from the question until the connection of the thread is closed again. */
  const busy = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL("./checkpoint-worker.mjs", import.meta.url), {
    workerData: { file, busy, truncateAboveBytes },
  });
  let isEnded = false;
  const end = () => {
    if (!isEnded) onEnd();
    isEnded = true;
  };
  worker.unref();
  worker.on("message", (answer: CheckpointAnswer) => isEnded || onAnswer(answer));
  worker.on("error", end);
  worker.on("exit", end);
  return {
    ask() {
      Atomics.store(busy, 0, 1);
      worker.postMessage("checkpoint");
    },
    close() {
      isEnded = true;
      Atomics.wait(busy, 0, 1, closeWithinMs);
      void worker.terminate();
    },
  };
}
