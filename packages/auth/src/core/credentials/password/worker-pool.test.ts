import { readdirSync, readFileSync } from "node:fs";
import { inspect } from "node:util";
import type { Worker } from "node:worker_threads";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type HashJob, HashQueue, type HashQueueOptions, startPasswordWorker } from "./worker-pool.ts";

const salt = "$2b$04$abcdefghijklmnopqrstuu";
const onLinux = process.platform === "linux";
/** Of the main thread, before any other was started. */
const ownNiceness = onLinux ? niceness(process.pid) : 0;
const queues: HashQueue[] = [];
afterEach(() => Promise.all(queues.splice(0).map((queue) => queue.close())));

describe("HashQueue.run()", () => {
  test("computes what another implementation of bcrypt does", async () => {
    const { queue } = makeQueue();
    const made = await queue.run(job("correct horse battery")); // the expected value is from libxcrypt
    expect(made).toBe("$2b$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS");
  });

  test("spends the work of workCost on a cheaper salt too, and answers with the same hash", async () => {
    const { queue } = makeQueue();
    // Of a processor, its threads included: how long one has to wait for a turn on a busy machine says nothing.
    const microseconds = async (each: HashJob) => {
      const before = process.cpuUsage();
      await queue.run(each);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const cheap = job("correct horse battery");
    const padded = { ...cheap, workCost: 10 }; // 64 times the rounds; 8 are asked for, so that no slow moment fails it
    expect(await queue.run(padded)).toBe(await queue.run(cheap));
    const quickest = async (each: HashJob) => Math.min(await microseconds(each), await microseconds(each));
    expect(await quickest(padded)).toBeGreaterThan(8 * (await quickest(cheap)));
  });

  test("starts no thread before there is work, and no more of them than there is work for", async () => {
    const { queue, workers } = makeQueue({ threads: 4 });
    expect(workers).toHaveLength(0);
    await queue.run(job("a"));
    await queue.run(job("b"));
    expect(workers).toHaveLength(1);
    await Promise.all([queue.run(job("c")), queue.run(job("d"))]);
    expect(workers).toHaveLength(2);
  });

  test("serves first come, first served", async () => {
    const { queue, jobs } = makeQueue({ threads: 1 });
    const finished: string[] = [];
    const inputs = ["a", "b", "c", "d", "e", "f"];
    await Promise.all(inputs.map((input) => queue.run(job(input)).then(() => finished.push(input))));
    expect(finished).toEqual(inputs);
    expect(jobs.map(({ input }) => input)).toEqual(inputs);
  });

  test("gives each job its own answer when several threads answer out of order", async () => {
    const { queue } = makeQueue({ threads: 3 });
    const mixed = Array.from({ length: 12 }, (_, at) => job(String(at), at % 3 === 0 ? 7 : 4));
    const together = await Promise.all(mixed.map((each) => queue.run(each)));
    const { queue: alone } = makeQueue({ threads: 1 });
    for (const [at, each] of mixed.entries()) expect(together[at]).toBe(await alone.run(each));
  });

  test("says how much there is to do, until all of it is done", async () => {
    const { queue } = makeQueue({ threads: 2, queueLimit: 9 });
    expect(queue.load()).toEqual({ running: 0, waiting: 0 });
    const all = Array.from({ length: 5 }, (_, at) => queue.run(job(String(at))));
    expect(queue.load()).toEqual({ running: 2, waiting: 3 });
    await Promise.all(all);
    expect(queue.load()).toEqual({ running: 0, waiting: 0 });
  });

  test("rejects at once what finds the line full, says when to come back, and serves the others", async () => {
    const { queue, jobs } = makeQueue({ threads: 2, queueLimit: 3, typicalJobMilliseconds: 4000 });
    const accepted = Array.from({ length: 5 }, (_, at) => queue.run(job(String(at))));
    const before = jobs.length;
    await expect(queue.run(job("one too many"))).rejects.toMatchObject({
      reason: "temporarily_unavailable",
      retryAfterSeconds: 10, // (3 waiting + 2 running) / 2 threads x 4 s
    });
    expect(jobs).toHaveLength(before);
    expect(await Promise.all(accepted)).toHaveLength(5);
    await expect(queue.run(job("there is room again"))).resolves.toMatch(/^\$2b\$/);
  });

  test.each([
    ["at least a second", 1, 1],
    ["at most a minute", 10_000_000, 60],
  ])("asks to come back after %s", async (_, typicalJobMilliseconds, retryAfterSeconds) => {
    const { queue } = makeQueue({ threads: 1, queueLimit: 0, typicalJobMilliseconds });
    const running = queue.run(job("a"));
    await expect(queue.run(job("b"))).rejects.toMatchObject({ retryAfterSeconds });
    await running;
  });

  test("learns from the jobs how long they take", async () => {
    let milliseconds = 0;
    const now = () => (milliseconds += 8000); // asked twice for each job
    const { queue } = makeQueue({ threads: 1, queueLimit: 0, typicalJobMilliseconds: 1000, now });
    for (let count = 0; count < 40; count += 1) await queue.run(job("a"));
    const running = queue.run(job("b"));
    await expect(queue.run(job("c"))).rejects.toMatchObject({ retryAfterSeconds: 8 });
    await running;
  });
});

describe("HashQueue, when a thread dies", () => {
  test("fails the job that ran there, replaces the thread, and serves the others", async () => {
    const { queue, workers } = makeQueue({ threads: 1 });
    const doomed = queue.run(job("secret phrase", 12));
    const others = ["b", "c"].map((input) => queue.run(job(input)));
    await workers[0]?.terminate();
    const error = await doomed.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ reason: "temporarily_unavailable", retryAfterSeconds: 1 });
    expect(everythingIn(error)).not.toContain("secret phrase");
    expect(await Promise.all(others)).toHaveLength(2);
    expect(workers).toHaveLength(2);
  });

  test("fails a job that throws inside, and only that", async () => {
    const { queue } = makeQueue({ threads: 1 });
    const poisonous = queue.run({ input: "secret phrase", salt: "$3z$", workCost: 4 });
    const next = queue.run(job("b"));
    const error = await poisonous.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ reason: "temporarily_unavailable" });
    expect(everythingIn(error)).not.toContain("secret phrase");
    await expect(next).resolves.toMatch(/^\$2b\$/);
  });

  test("rejects each job, without an end to them, while no thread can be started at all", async () => {
    let tries = 0;
    const startWorker = () => {
      tries += 1;
      throw new Error("No more threads");
    };
    const { queue } = makeQueue({ startWorker });
    for (const input of ["a", "b"]) {
      await expect(queue.run(job(input))).rejects.toMatchObject({ reason: "temporarily_unavailable" });
    }
    expect(tries).toBe(2);
  });
});

describe("HashQueue.close()", () => {
  test("rejects what runs, what waits and what comes later, and ends every thread", async () => {
    const { queue, workers } = makeQueue({ threads: 2 });
    const ended = () => Promise.all(workers.map((worker) => new Promise((resolve) => worker.once("exit", resolve))));
    const pending = ["a", "b", "c", "d"].map((input) => queue.run(job(input, 14)));
    const outcomes = Promise.allSettled(pending);
    const allEnded = ended();
    await queue.close();
    await allEnded;
    const late = await Promise.allSettled([queue.run(job("e"))]);
    for (const outcome of [...(await outcomes), ...late]) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { reason: "temporarily_unavailable" } });
    }
    expect(workers).toHaveLength(2);
    await expect(queue.close()).resolves.toBeUndefined();
  });

  test("starts nothing on a queue that was never used", async () => {
    const { queue, workers } = makeQueue();
    await queue.close();
    expect(workers).toHaveLength(0);
  });
});

describe("HashQueue, over a long life", () => {
  test("keeps one listener for each kind of event after 1,000 jobs", async () => {
    const { queue, workers } = makeQueue({ threads: 2, queueLimit: 1000 });
    await Promise.all(Array.from({ length: 1000 }, (_, at) => queue.run(job(String(at)))));
    expect(workers).toHaveLength(2);
    for (const worker of workers) {
      for (const event of ["message", "error", "exit"]) expect(worker.listenerCount(event)).toBe(1);
    }
  });

  test("ends a thread that had no work for a while, and starts another one for the next job", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { queue, workers } = makeQueue({ threads: 2, idleMs: 1_000 });
    const ended = (at: number) => new Promise((resolve) => workers[at]?.once("exit", resolve));
    await Promise.all([queue.run(job("a")), queue.run(job("b"))]);
    vi.advanceTimersByTime(999);
    await queue.run(job("c")); // the first thread has worked again
    const secondEnded = ended(1);
    vi.advanceTimersByTime(1);
    await secondEnded;
    await queue.run(job("d"));
    expect(workers).toHaveLength(2);
    const firstEnded = ended(0);
    vi.advanceTimersByTime(1_000);
    await firstEnded;
    vi.useRealTimers();
    await expect(queue.run(job("e"))).resolves.toMatch(/^\$2b\$/);
    expect(workers).toHaveLength(3);
  });

  test("holds the process while a thread works, and lets it end while all are idle", async () => {
    const calls: string[] = [];
    const startWorker = () => {
      const worker = startPasswordWorker();
      worker.ref = () => void calls.push("ref");
      worker.unref = () => void calls.push("unref");
      return worker;
    };
    const { queue } = makeQueue({ threads: 1, startWorker });
    const running = queue.run(job("a"));
    expect(calls).toEqual(["ref"]);
    await running;
    expect(calls).toEqual(["ref", "unref"]);
    await Promise.all([queue.run(job("b")), queue.run(job("c"))]);
    expect(calls.at(-1)).toBe("unref");
  });
});

test.runIf(onLinux)("bcrypt-worker.mjs lowers the priority of its own thread only, on Linux", async () => {
  const { queue } = makeQueue();
  await queue.run(job("a"));
  const others = readdirSync("/proc/self/task").filter((thread) => Number(thread) !== process.pid);
  expect(niceness(process.pid)).toBe(ownNiceness);
  expect(others.map(niceness)).toContain(Math.max(10, ownNiceness));
});

function makeQueue(options: Partial<HashQueueOptions> = {}) {
  const workers: Worker[] = [];
  const jobs: HashJob[] = [];
  const startWorker = () => {
    const worker = (options.startWorker ?? startPasswordWorker)();
    const postMessage = worker.postMessage.bind(worker);
    worker.postMessage = (value: HashJob) => {
      jobs.push(value);
      postMessage(value);
    };
    workers.push(worker);
    return worker;
  };
  const defaults = { threads: 1, queueLimit: 32, typicalJobMilliseconds: 10, now: () => performance.now() };
  const queue = new HashQueue({ ...defaults, ...options, startWorker });
  queues.push(queue);
  return { queue, workers, jobs };
}

function job(input: string, cost = 4): HashJob {
  return { input, salt: salt.replace("$04$", `$${String(cost).padStart(2, "0")}$`), workCost: cost };
}

/** Field 19 of proc_pid_stat(5): the nice value of a thread. Its name, in parentheses, may hold spaces. */
function niceness(thread: number | string): number {
  const stat = readFileSync(`/proc/self/task/${thread}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]);
}

/** An error with its stack, its fields and its causes, hidden ones too. */
function everythingIn(error: unknown): string {
  return inspect(error, { depth: 20, showHidden: true });
}
