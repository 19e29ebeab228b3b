import { EventEmitter } from "node:events";
import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { createPasswordHasher, hashingThreads, type PasswordHasherOptions } from "./bcrypt-hasher.ts";

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

it("every core hashes, up to the cap; where a thread has no priority of its own, one core stays free", () => {
  const threads = (platform: NodeJS.Platform, cores: number, cap = 8) => hashingThreads(cap, { platform, cores });
  expect([threads("linux", 1), threads("linux", 2), threads("linux", 8), threads("linux", 64)]).toEqual([1, 2, 8, 8]);
  expect([threads("darwin", 1), threads("darwin", 2), threads("win32", 8), threads("darwin", 64)]).toEqual([
    1, 1, 7, 8,
  ]);
  expect([threads("linux", 8, 3), threads("darwin", 8, 3), threads("linux", 64, 20)]).toEqual([3, 3, 20]);
});

it("begins as many threads as that, and no more", () => {
  const here = { platform: process.platform, cores: availableParallelism() };
  expect(busyWith(40).threads()).toBe(hashingThreads(8, here));
  expect(busyWith(40, { maxThreads: 1 }).threads()).toBe(1);
});

it("says how much there is to do, and to whom the line is closed when it will have been done", async () => {
  const { hasher, calls } = busyWith(33, { maxThreads: 1 });
  expect(hasher.load()).toEqual({ running: 1, waiting: 32 });
  // 33 jobs of 2^12 rounds, of about 0.06 ms each.
  await expect(hasher.hash("one too many")).rejects.toMatchObject({ retryAfterSeconds: 9 });
  await hasher.close();
  expect(await Promise.all(calls)).toEqual(calls.map(() => "refused"));
  expect(hasher.load()).toEqual({ running: 0, waiting: 0 });
});
