// @ts-check
/**
 * The thread of checkpoints: it copies the write-ahead log into the database, with the two flushes that this costs, while the
 * serving thread goes on. Plain JavaScript, because Node 20 cannot load a worker in TypeScript.
 *
 * Answers each message with what became of one checkpoint (`CheckpointAnswer` of checkpoint-thread.ts). It opens a connection for
 * each and closes it again, so that between two checkpoints the serving connection may be the last one to close.
 */

import { statSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";

/** @type {{ file: string, busy: Int32Array, truncateAboveBytes: number }} */
const { file, busy, truncateAboveBytes } = workerData;

// The choice of `driver.ts`.
const { default: Database } =
  Number(process.versions.node.split(".")[0]) >= 22
    ? await import("better-sqlite3-13")
    : await import("better-sqlite3");

/**
 * For how long the second step waits for a writer or a reader, in milliseconds. It holds up writers meanwhile. Longer than the 20 ms
 * for which another process keeps its lock for readers (`read-lock.ts`).
 */
const patienceMs = 30;

/** So many pages that a reader keeps from being copied are no reader that stays open: the second step waits for it. */
const nearlyAllFrames = 250;

const [tryForMs, tryEveryMs] = [40, 3];
const sleeper = new Int32Array(new SharedArrayBuffer(4));

parentPort?.on("message", () => {
  const begun = performance.now();
  const result = attempt();
  Atomics.store(busy, 0, 0);
  Atomics.notify(busy, 0);
  parentPort?.postMessage({ ...result, ms: performance.now() - begun });
});

function attempt() {
  try {
    const client = new Database(file, { fileMustExist: true, timeout: patienceMs });
    try {
      return checkpointPatiently(client);
    } finally {
      client.close();
    }
  } catch (error) {
    return { outcome: "failed", frames: 0, error: String(error) };
  }
}

/** @param {import("better-sqlite3").Database} client */
function checkpointPatiently(client) {
  client.pragma("synchronous = FULL");
  client.pragma("fullfsync = ON"); // macOS alone; elsewhere it does nothing
  client.pragma("checkpoint_fullfsync = ON");
  const deadline = performance.now() + tryForMs;
  for (;;) {
    const result = checkpoint(client);
    if (result.outcome === "complete" || performance.now() >= deadline) return result;
    Atomics.wait(sleeper, 0, 0, tryEveryMs);
  }
}

/**
 * PASSIVE copies nearly all of the log and holds up nobody. RESTART copies what was written meanwhile under the write lock, so
 * that the next writer begins the log anew: without it a log that is written to all the time would never end. The file
 * keeps its size, because overwriting it takes half the time of appending to it, unless a reader has let it grow.
 *
 * @param {import("better-sqlite3").Database} client
 */
function checkpoint(client) {
  const passive = run(client, "PASSIVE");
  if (passive.log - passive.checkpointed > nearlyAllFrames) return { outcome: "partial", frames: passive.log };
  const last = run(client, statSync(`${file}-wal`).size > truncateAboveBytes ? "TRUNCATE" : "RESTART");
  return { outcome: last.busy === 0 ? "complete" : "partial", frames: passive.log };
}

/**
 * @param {import("better-sqlite3").Database} client
 * @param {"PASSIVE" | "RESTART" | "TRUNCATE"} mode
 */
function run(client, mode) {
  const [row] = /** @type {{ busy: number, log: number, checkpointed: number }[]} */ (
    client.pragma(`wal_checkpoint(${mode})`)
  );
  return row ?? { busy: 1, log: 0, checkpointed: 0 };
}
