import { EventEmitter } from "node:events";
import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { createPasswordHasher, type PasswordHasherOptions } from "./bcrypt-hasher.ts";

/** A thread that never answers. */
class BusyWorker extends EventEmitter {
  ref(): void {}
  unref(): void {}
  postMessage(): void {}
  async terminate(): Promise<number> {
    return 1;
  }
}

/** A hasher with so many passwords to hash, and how many threads it began. */
function busyWith(jobs: number, options: PasswordHasherOptions = {}) {
  let threads = 0;
  const startWorker = () => {
    threads += 1;
    return new BusyWorker() as unknown as Worker;
  };
  const hasher = createPasswordHasher({ ...options, startWorker });
  const calls = Array.from({ length: jobs }, (_, index) => hasher.hash(`password ${index}`).catch(() => "refused"));
  return { hasher, calls, threads: () => threads };
}

it("one core is left to everything else, and four are enough for passwords, unless somebody says otherwise", () => {
  expect(busyWith(9).threads()).toBe(Math.min(4, Math.max(1, availableParallelism() - 1)));
  expect(busyWith(9, { threads: 6 }).threads()).toBe(6);
});

it("says how much there is to do, and to whom the line is closed when it will have been done", async () => {
  const { hasher, calls } = busyWith(33, { threads: 1 });
  expect(hasher.load()).toEqual({ running: 1, waiting: 32 });
  // 33 jobs of 2^12 rounds, of about 0.06 ms each.
  await expect(hasher.hash("one too many")).rejects.toMatchObject({ retryAfterSeconds: 9 });
  await hasher.close();
  expect(await Promise.all(calls)).toEqual(calls.map(() => "refused"));
  expect(hasher.load()).toEqual({ running: 0, waiting: 0 });
});
