import { EventEmitter } from "node:events";
import type { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import type { AuthError } from "../../domain/errors.ts";
import { type HashJob, HashQueue } from "./worker-pool.ts";

const job: HashJob = { input: "a", salt: "$2b$04$abcdefghijklmnopqrstuu", workCost: 4 };

/** A thread that does what the test says. */
class FakeWorker extends EventEmitter {
  terminated = 0;
  readonly jobs: HashJob[] = [];
  ref(): void {}
  unref(): void {}
  postMessage(given: HashJob): void {
    this.jobs.push(given);
  }
  async terminate(): Promise<number> {
    this.terminated += 1;
    return 1;
  }
}

function makeQueue({ threads = 1 } = {}) {
  const workers: FakeWorker[] = [];
  const startWorker = () => {
    const worker = new FakeWorker();
    workers.push(worker);
    return worker as unknown as Worker;
  };
  const queue = new HashQueue({ threads, queueLimit: 9, typicalJobMilliseconds: 1, now: () => 0, startWorker });
  return { queue, workers };
}

/** Why a job was refused: for the log, and never shown. */
const causeOf = (call: Promise<unknown>) => call.catch((error: AuthError) => error.cause);

describe("A job that is rejected says why, for the log:", () => {
  it("the queue was closed while it ran or waited, or before it came", async () => {
    const { queue, workers } = makeQueue();
    const rejected = [queue.run(job), queue.run(job)].map(causeOf);
    await queue.close();
    for (const cause of await Promise.all(rejected)) expect(cause).toEqual(new Error("The password hasher was closed"));
    expect(await causeOf(queue.run(job))).toEqual(new Error("The password hasher is closed"));
    expect(workers.map(({ terminated }) => terminated)).toEqual([1]);
    expect(queue.load()).toEqual({ running: 0, waiting: 0 });
  });

  it("the thread ended, and with which code", async () => {
    const { queue, workers } = makeQueue();
    const cause = causeOf(queue.run(job));
    workers[0]?.emit("exit", 7);
    expect(await cause).toEqual(new Error("The hashing thread ended with code 7"));
  });

  it("what the thread died of", async () => {
    const { queue, workers } = makeQueue();
    const cause = causeOf(queue.run(job));
    const error = new Error("out of memory");
    workers[0]?.emit("error", error);
    workers[0]?.emit("exit", 1);
    expect(await cause).toBe(error);
  });

  it("no thread could be started", async () => {
    const noMore = new Error("No more threads");
    const startWorker = () => {
      throw noMore;
    };
    const queue = new HashQueue({ threads: 1, queueLimit: 9, typicalJobMilliseconds: 1, now: () => 0, startWorker });
    expect(await causeOf(queue.run(job))).toBe(noMore);
  });
});

it("a thread that died in idleness is replaced, and what it has still to say counts for nothing", async () => {
  const { queue, workers } = makeQueue();
  const first = queue.run(job);
  workers[0]?.emit("message", "one");
  expect(await first).toBe("one");
  workers[0]?.emit("message", "an answer that nobody asked for");
  workers[0]?.emit("exit", 1);
  const second = queue.run(job);
  expect(workers).toHaveLength(2);
  workers[1]?.emit("message", "two");
  expect(await second).toBe("two");
});

it("a job goes to the thread that is idle, and not to a new one", async () => {
  const { queue, workers } = makeQueue({ threads: 3 });
  const [first, second] = [queue.run(job), queue.run({ ...job, input: "b" })];
  workers[0]?.emit("message", "one");
  await first;
  const third = queue.run({ ...job, input: "c" });
  expect(workers.map(({ jobs }) => jobs.map(({ input }) => input))).toEqual([["a", "c"], ["b"]]);
  for (const worker of workers) worker.emit("message", "hash");
  expect(await Promise.all([second, third])).toEqual(["hash", "hash"]);
});
