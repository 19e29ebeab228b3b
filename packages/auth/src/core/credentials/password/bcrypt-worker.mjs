// @ts-check
/**
 * The thread in which passwords are hashed, so that the main one never waits for it (measured on the main thread: 20
 * hashes stop every other request for 1.9 s). The only file that imports bcryptjs; plain JavaScript, because Node 20
 * cannot load a worker in TypeScript.
 *
 * Takes a HashJob (hash-queue.ts), answers with the bcrypt hash. An error ends the thread, and the queue sees that.
 */

import { constants, getPriority, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { hashSync } from "bcryptjs";

lowerOwnPriority();

parentPort?.on("message", (/** @type {import("./worker-pool.ts").HashJob} */ job) => {
  parentPort?.postMessage(hash(job));
});

/**
 * A hash cheaper than `workCost` is followed by idle work at each cost in between, and 2^c + 2^c + 2^(c+1) + … is
 * exactly 2^workCost rounds. Otherwise a hash from before the cost was raised would answer sooner than an unknown name does.
 *
 * @param {import("./worker-pool.ts").HashJob} job
 */
function hash({ input, salt, workCost }) {
  const answer = hashSync(input, salt);
  for (let cost = Number(salt.slice(4, 6)); cost < workCost; cost += 1) {
    hashSync(input, salt.slice(0, 4) + String(cost).padStart(2, "0") + salt.slice(6));
  }
  return answer;
}

/**
 * On Linux a priority belongs to the thread that asks (setpriority(2), "C library/kernel differences"), so requests go
 * before hashes on a busy machine. Elsewhere it belongs to the process, which must keep its own.
 */
function lowerOwnPriority() {
  if (process.platform !== "linux") return;
  const low = constants.priority.PRIORITY_BELOW_NORMAL; // 10 on Linux
  try {
    if (getPriority(0) < low) setPriority(0, low);
  } catch {
    // a sandbox may forbid it: hashing works without
  }
}
