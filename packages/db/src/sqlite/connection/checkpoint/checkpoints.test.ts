import { existsSync, statSync } from "node:fs";
import { expect, it, onTestFinished, vi } from "vitest";
import { useTestFolder } from "../../../../test/test-database.ts";
import { Database } from "../driver.ts";
import { type CheckpointThread, startCheckpointThread, type ThreadOptions } from "./checkpoint-thread.ts";
import { type Checkpoint, Checkpoints, fewCommits, hardBoundFrames, startAtFrames } from "./checkpoints.ts";

const folder = useTestFolder();
const pageBytes = 4096 + 24;
const megabyte = 1024 ** 2;

/** A connection whose writes are pages of their own, what its checkpoints came to, and the length of its log. */
function prepared() {
  const seen: Checkpoint[] = [];
  let next: ((checkpoint: Checkpoint) => void) | undefined;
  const connection = folder.open({
    onCheckpoint(checkpoint) {
      seen.push(checkpoint);
      next?.(checkpoint);
    },
  });
  const { client, file } = connection;
  client.pragma("synchronous = OFF"); // it is checkpoints that are looked at here, not power cuts
  client.exec("CREATE TABLE pages (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
  const put = client.prepare<[number, string]>("INSERT OR REPLACE INTO pages VALUES (?, ?)");
  const text = "x".repeat(3_000);
  return {
    connection,
    client,
    file,
    seen,
    /** Writes so many pages, one commit each unless they are `together`. */
    async write(pages: number, together = 1) {
      for (let id = 0; id < pages; id += together) {
        await Promise.all(
          Array.from({ length: together }, (_, at) => connection.write(() => put.run((id + at) % 500, text))),
        );
      }
    },
    frames: () => (client.pragma("wal_checkpoint(NOOP)") as [{ log: number }])[0].log,
    logBytes: () => statSync(`${file}-wal`).size,
    untilComplete: () =>
      new Promise<void>((resolve) => {
        next = ({ outcome }) => outcome === "complete" && resolve();
      }),
  };
}

/** Another connection with a read that stays open. */
function openReader(file: string) {
  const reader = new Database(file);
  onTestFinished(() => void reader.close());
  reader.exec("BEGIN");
  reader.prepare("SELECT count(*) FROM pages").get();
  return { end: () => reader.exec("ROLLBACK") };
}

it("the log is copied in a thread of its own when it has grown, and the next write begins it anew", async () => {
  const { write, seen, frames, logBytes, untilComplete } = prepared();
  const complete = untilComplete();
  await write(startAtFrames + 10);
  await complete;
  expect(seen.at(-1)).toMatchObject({ outcome: "complete", thread: "checkpoint", ms: expect.any(Number) });
  expect(seen.at(-1)?.frames).toBeGreaterThanOrEqual(startAtFrames);
  const bytes = logBytes();
  await write(1);
  expect(frames()).toBeLessThan(startAtFrames / 2);
  // The file is kept: overwriting it takes half the time of appending to it.
  expect(logBytes()).toBe(bytes);
});

it("a commit of the serving connection runs no checkpoint itself", async () => {
  const { connection, client, write, frames } = prepared();
  expect(client.pragma("wal_autocheckpoint", { simple: true })).toBe(0);
  await write(startAtFrames - 100, 100);
  expect(frames()).toBeGreaterThan(startAtFrames - 200);
  expect(connection.load().logBytes).toBeGreaterThan((startAtFrames - 200) * pageBytes);
});

it("the log stays bounded while it is written to and read without a pause (D16)", { timeout: 60_000 }, async () => {
  const { connection, client, write, logBytes, seen, untilComplete } = prepared();
  const started = untilComplete(); // a thread takes its time to start, and nothing here waits for a disk
  await write(startAtFrames + 200, 8);
  await started;
  const count = client.prepare("SELECT count(*) FROM pages").pluck();
  let isOver = false;
  let largest = 0;
  const reading = (async () => {
    while (!isOver) {
      await connection.read(() => count.get());
      largest = Math.max(largest, logBytes());
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  await write(20 * startAtFrames, 8);
  isOver = true;
  await reading;
  expect(seen.filter(({ outcome }) => outcome === "complete").length).toBeGreaterThan(2);
  // 80 megabytes were written.
  expect(largest / megabyte).toBeLessThan(32);
});

it("a read that stays open lets the log grow, as it says; when it ends the log is copied, without another write (D16)", async () => {
  const { connection, write, frames, file, seen, untilComplete } = prepared();
  await write(10);
  const reader = openReader(file);
  await write(2 * startAtFrames, 10);
  await vi.waitFor(() => expect(seen.at(-1)).toMatchObject({ outcome: "partial" }));
  expect(connection.load().logBytes).toBeGreaterThan(2 * startAtFrames * pageBytes);
  const complete = untilComplete();
  reader.end();
  await complete;
  await write(1);
  expect(frames()).toBeLessThan(10);
});

it("a log that a reader has let grow is cut off, and serving goes on meanwhile", async () => {
  const { file, write, logBytes, connection } = prepared();
  await write(600, 10);
  const answer = new Promise((resolve) => {
    const onEnd = () => resolve("ended");
    const thread = startCheckpointThread({ file, truncateAboveBytes: 500 * pageBytes, onAnswer: resolve, onEnd });
    onTestFinished(() => thread.close());
    thread.ask();
  });
  await write(20);
  expect(await answer).toMatchObject({ outcome: "complete" });
  expect(logBytes()).toBeLessThan(100 * pageBytes);
  expect(await connection.read(() => "served")).toBe("served");
});

it("a process of a few commits starts no thread, however long the log is", async () => {
  const { client, write } = prepared();
  await write(startAtFrames + 200, 100);
  const startThread = vi.fn(() => silentThread());
  const checkpoints = new Checkpoints({ client, startThread, setReadLock: () => {}, onCheckpoint: () => {} });
  for (let count = 1; count < fewCommits; count += 1) checkpoints.afterCommit();
  expect(startThread).not.toHaveBeenCalled();
  checkpoints.afterCommit();
  expect(startThread).toHaveBeenCalledTimes(1);
});

it("no reader of this process keeps its lock while the thread is asked", async () => {
  const { client, write } = prepared();
  await write(startAtFrames + 200, 100);
  let answer: ThreadOptions["onAnswer"] = () => {};
  const setReadLock = vi.fn();
  const checkpoints = new Checkpoints({
    client,
    startThread({ onAnswer }) {
      answer = onAnswer;
      return silentThread();
    },
    setReadLock,
    onCheckpoint: () => {},
  });
  for (let count = 0; count < fewCommits; count += 1) checkpoints.afterCommit();
  expect(setReadLock.mock.calls).toEqual([[false]]);
  answer({ outcome: "complete", ms: 1, frames: 1 });
  expect(setReadLock.mock.calls).toEqual([[false], [true]]);
});

it("writes wait for a checkpoint of a long log that runs, and not once that was in vain", async () => {
  const { client, write } = prepared();
  await write(startAtFrames - 100, 100);
  grow(client, startAtFrames);
  const ask = vi.fn();
  let answer: ThreadOptions["onAnswer"] = () => {};
  const checkpoints = new Checkpoints({
    client,
    startThread({ onAnswer }) {
      answer = onAnswer;
      return { ...silentThread(), ask };
    },
    setReadLock: () => {},
    onCheckpoint: () => {},
  });
  onTestFinished(() => checkpoints.close());
  const clock = vi.spyOn(performance, "now").mockReturnValue(1_000);
  onTestFinished(() => clock.mockRestore());
  expect(() => checkpoints.check()).not.toThrow();
  for (let count = 0; count < fewCommits; count += 1) checkpoints.afterCommit();
  expect(() => checkpoints.check()).toThrow("A checkpoint of the database runs");
  clock.mockReturnValue(1_100);
  expect(() => checkpoints.check()).not.toThrow();
  clock.mockReturnValue(1_050);
  answer({ outcome: "partial", ms: 1, frames: 1 });
  await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(2));
  expect(() => checkpoints.check()).not.toThrow();
  answer({ outcome: "complete", ms: 1, frames: 1 });
  grow(client, 1);
  checkpoints.afterCommit();
  expect(() => checkpoints.check()).toThrow("A checkpoint of the database runs");
});

it("without a thread the serving one runs a checkpoint beyond a bound, and the log begins anew (D16)", async () => {
  const { client, write, frames } = prepared();
  const seen: Checkpoint[] = [];
  const checkpoints = new Checkpoints({
    client,
    startThread: () => {
      throw new Error("no threads here");
    },
    setReadLock: () => {},
    onCheckpoint: (checkpoint) => seen.push(checkpoint),
  });
  onTestFinished(() => checkpoints.close());
  await write(startAtFrames - 100, 100);
  grow(client, hardBoundFrames - 100 - frames());
  for (let count = 0; count < 2 * fewCommits; count += 1) checkpoints.afterCommit();
  expect(seen).toEqual([]);
  grow(client, 200);
  checkpoints.afterCommit();
  expect(seen).toMatchObject([{ outcome: "complete", thread: "serving" }]);
  grow(client, 1);
  expect(frames()).toBeLessThan(10);
});

it("a thread that dies is missed by nobody, and is started again after a while", async () => {
  const { client, write } = prepared();
  await write(startAtFrames + 200, 100);
  const seen: Checkpoint[] = [];
  const ends: Array<() => void> = [];
  const startThread = vi.fn(({ onEnd }: Pick<ThreadOptions, "onEnd">) => {
    ends.push(onEnd);
    return silentThread();
  });
  const clock = vi.spyOn(performance, "now").mockReturnValue(1_000);
  onTestFinished(() => clock.mockRestore());
  const checkpoints = new Checkpoints({
    client,
    startThread,
    setReadLock: () => {},
    onCheckpoint: (checkpoint) => seen.push(checkpoint),
  });
  onTestFinished(() => checkpoints.close());
  for (let count = 0; count < fewCommits; count += 1) checkpoints.afterCommit();
  ends[0]?.();
  expect(seen).toMatchObject([{ outcome: "failed" }]);
  await vi.waitFor(() => {
    clock.mockReturnValue(32_000);
    expect(startThread).toHaveBeenCalledTimes(2);
  });
});

it("close() waits for a checkpoint that runs, and leaves one file without a log", async () => {
  for (const pages of [startAtFrames, startAtFrames + 400, startAtFrames + 900]) {
    const { connection, file, write } = prepared();
    await write(pages, 20);
    connection.close();
    expect(existsSync(`${file}-wal`)).toBe(false);
    const reopened = new Database(file);
    expect(reopened.pragma("integrity_check", { simple: true })).toBe("ok");
    expect(reopened.prepare("SELECT count(*) FROM pages").pluck().get()).toBe(500);
    reopened.exec("DROP TABLE pages");
    reopened.close();
  }
});

/** A thread that never answers. */
function silentThread(): CheckpointThread {
  return { ask: () => {}, close: () => {} };
}

/** Writes so many pages past the group, so that nothing asks for a checkpoint. */
function grow(client: InstanceType<typeof Database>, pages: number): void {
  const put = client.prepare<[number, string]>("INSERT OR REPLACE INTO pages VALUES (?, ?)");
  for (let page = 0; page < pages; page += 1) put.run(page % 500, "y".repeat(3_000));
}
