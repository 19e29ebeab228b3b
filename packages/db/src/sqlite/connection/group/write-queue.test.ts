import { setImmediate as nextTurn } from "node:timers/promises";
import { AuthError } from "@watchword/auth/core";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { useTestFolder } from "../../../../test/test-database.ts";
import { countCommits } from "../../../../test/wal-commits.ts";
import { createSqliteRateLimitCounter } from "../../stores/rate-limit-counter.ts";
import type { SqliteOptions } from "../connection.ts";
import { Database } from "../driver.ts";
import { type Flush, mostWaiting } from "./write-queue.ts";

const folder = useTestFolder();

/** A table of notes, and another connection, as another process has it. */
function prepared(options?: Partial<SqliteOptions>) {
  const flushes: Flush[] = [];
  const connection = folder.open({ onFlush: (flush) => flushes.push(flush), ...options });
  const { client, file } = connection;
  client.exec("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL DEFAULT '')");
  const other = new Database(file);
  onTestFinished(() => void other.close());
  const insert = client.prepare<[number, string]>("INSERT INTO notes VALUES (?, ?)");
  return {
    connection,
    other,
    flushes,
    add: (id: number, text = "") => connection.write(() => insert.run(id, text).changes),
    ids: () => other.prepare("SELECT id FROM notes ORDER BY rowid").pluck().all(),
    commits: () => countCommits(file),
  };
}

/** What became of each call: its result, or the reason why there is none. */
async function outcomes(calls: Array<Promise<unknown>>): Promise<unknown[]> {
  const settled = await Promise.allSettled(calls);
  return settled.map((one) => {
    if (one.status === "fulfilled") return one.value;
    return one.reason instanceof AuthError ? one.reason.reason : (one.reason as Error).message;
  });
}

const unavailable = "temporarily_unavailable";

it("a write is answered when another connection sees it, and not before", async () => {
  const { add, ids } = prepared();
  const begun = add(1);
  expect(ids()).toEqual([]);
  await begun;
  expect(ids()).toEqual([1]);
});

it("writes of one turn are one group, also those that come from a promise", async () => {
  const { add, ids, commits, flushes } = prepared();
  const before = commits();
  const later = Promise.resolve().then(() => Promise.all([add(3), add(4)]));
  await Promise.all([add(1), add(2), later]);
  expect(ids()).toEqual([1, 2, 3, 4]);
  expect(commits() - before).toBe(1);
  expect(flushes).toEqual([{ operations: 4, flushMs: expect.any(Number), retries: 0 }]);
});

it("writes run in the order of their calls", async () => {
  const { connection, add } = prepared();
  const order: number[] = [];
  const write = (n: number) => connection.write(() => order.push(n));
  await Promise.all([write(1), write(2), add(1), write(3)]);
  const [last] = [write(4)];
  await nextTurn();
  await Promise.all([write(5), last]);
  expect(order).toEqual([1, 2, 3, 4, 5]);
});

it("of a group one fails by itself: the others are on the disk", async () => {
  const { add, ids } = prepared();
  expect(await outcomes([add(1), add(1), add(2)])).toEqual([1, expect.stringContaining("UNIQUE"), 1]);
  expect(ids()).toEqual([1, 2]);
});

it("a disk that is full in the middle of a group fails all of it with 503, and nothing is changed (D08)", async () => {
  const { connection, add, ids, commits } = prepared();
  const pages = Number(connection.client.pragma("page_count", { simple: true }));
  connection.client.pragma(`max_page_count = ${pages}`);
  const before = commits();
  const calls = [add(1), add(2), add(3, "long ".repeat(10_000)), add(4)];
  for (const call of calls) {
    await expect(call).rejects.toMatchObject({ reason: unavailable, status: 503, cause: { code: "SQLITE_FULL" } });
  }
  expect(ids()).toEqual([]);
  expect(commits()).toBe(before);
  connection.client.pragma("max_page_count = 1000000");
  expect(await outcomes([add(5)])).toEqual([1]);
});

it("no read of another request runs inside an open group", async () => {
  const { connection, add } = prepared();
  const count = connection.client.prepare("SELECT count(*) FROM notes").pluck();
  const seen: Array<[unknown, boolean]> = [];
  const read = () => connection.read(() => seen.push([count.get(), connection.client.inTransaction]));
  const works = Array.from({ length: 20 }, (_, id) => [add(id), read(), nextTurn().then(read)]);
  await Promise.all(works.flat());
  expect(new Set(seen.map(([, isOpen]) => isOpen))).toEqual(new Set([false]));
  expect(new Set(seen.map(([rows]) => rows))).toEqual(new Set([0, 20]));
});

describe("while another process holds the lock", () => {
  it("the group waits, newcomers join it, and all of them are answered after one commit", async () => {
    const { add, ids, other, commits, flushes } = prepared();
    const before = commits();
    other.exec("BEGIN IMMEDIATE");
    const calls = [add(1), add(2)];
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    calls.push(add(3));
    await nextTurn();
    other.exec("ROLLBACK");
    expect(await outcomes(calls)).toEqual([1, 1, 1]);
    expect(ids()).toEqual([1, 2, 3]);
    expect(commits() - before).toBe(1);
    expect(flushes).toMatchObject([{ operations: 3 }]);
    expect(flushes[0]?.retries).toBeGreaterThan(0);
  });

  it(`the write after ${mostWaiting} that wait is rejected at once with 503, and never runs (D01)`, async () => {
    const { connection, add, other, ids } = prepared();
    other.exec("BEGIN IMMEDIATE");
    const waiting = Array.from({ length: mostWaiting }, (_, id) => add(id));
    expect(connection.load().waiting).toBe(mostWaiting);
    await expect(add(mostWaiting)).rejects.toMatchObject({ reason: unavailable, retryAfterSeconds: 1 });
    other.exec("ROLLBACK");
    await Promise.all(waiting);
    expect(connection.load().waiting).toBe(0);
    await add(mostWaiting + 1);
    expect(ids()).toEqual([...Array(mostWaiting).keys(), mostWaiting + 1]);
  });

  it("a write that has waited for two seconds is rejected with 503 and never runs; a younger one goes on waiting (D01)", async () => {
    const { add, ids, other } = prepared();
    const clock = vi.spyOn(performance, "now").mockReturnValue(10_000);
    onTestFinished(() => clock.mockRestore());
    other.exec("BEGIN IMMEDIATE");
    const old = add(1);
    await nextTurn();
    clock.mockReturnValue(11_999);
    const young = add(2);
    let isOver = false;
    old
      .catch(() => undefined)
      .then(() => {
        isOver = true;
      });
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    expect(isOver).toBe(false);
    clock.mockReturnValue(12_000);
    await expect(old).rejects.toMatchObject({
      reason: unavailable,
      retryAfterSeconds: 1,
      cause: { code: "SQLITE_BUSY" },
    });
    other.exec("ROLLBACK");
    expect(await young).toBe(1);
    expect(ids()).toEqual([2]);
  });

  it("close() rejects those that wait", async () => {
    const { connection, add, ids, other } = prepared();
    other.exec("BEGIN IMMEDIATE");
    const waiting = outcomes([add(1), add(2)]);
    await nextTurn();
    connection.close();
    expect(await waiting).toEqual([unavailable, unavailable]);
    other.exec("ROLLBACK");
    expect(ids()).toEqual([]);
  });
});

it("close() first runs the writes that wait for their turn", async () => {
  const { connection, add, ids } = prepared();
  const calls = [add(1), add(2)];
  connection.close();
  expect(await Promise.all(calls)).toEqual([1, 1]);
  expect(ids()).toEqual([1, 2]);
  expect(await outcomes([add(3)])).toEqual([unavailable]);
});

it("the counters of limits, on their own connection, never make a group wait", async () => {
  const { connection, add, ids, flushes } = prepared();
  const counter = createSqliteRateLimitCounter(connection);
  onTestFinished(() => counter.close());
  const window = { tries: 9, perSeconds: 60 };
  const works = Array.from({ length: 300 }, async (_, id) => {
    for (let turn = 0; turn < id % 7; turn += 1) await nextTurn();
    await counter.count({ scope: "pair", id: `${id % 5}`, window });
    await Promise.all([add(id), counter.count({ scope: "address", id: "one", window })]);
  });
  await Promise.all(works);
  expect(ids()).toHaveLength(300);
  expect(flushes.map(({ retries }) => retries)).toEqual(flushes.map(() => 0));
  expect(flushes.length).toBeLessThan(300);
});
