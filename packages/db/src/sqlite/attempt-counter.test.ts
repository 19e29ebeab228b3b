import { describeAttemptCounter } from "@watchword/auth/testing";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { createSqliteAttemptCounter } from "./attempt-counter.ts";
import { useTestFolder } from "./test-database.ts";

const minute = { scope: "account", id: "somebody", window: { tries: 5, perSeconds: 60 } } as const;

// The library goes by `Date`, and by nothing else.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const folder = useTestFolder();

function open() {
  const connection = folder.open();
  const counter = createSqliteAttemptCounter(connection);
  onTestFinished(() => counter.close());
  return { counter, connection, pass: (ms: number) => void vi.advanceTimersByTime(ms) };
}

describeAttemptCounter("The counter in SQLite", open);

it("holds a limit in every process, and after a restart", async () => {
  const { counter, connection } = open();
  const other = createSqliteAttemptCounter(connection);
  await Promise.all([counter.count(minute), other.count(minute), counter.count(minute)]);
  other.close();
  const restarted = createSqliteAttemptCounter(connection);
  onTestFinished(() => restarted.close());
  expect((await restarted.count(minute)).tries).toBe(4);
});

it("waits while another process writes, and counts then", async () => {
  const { counter, connection } = open();
  connection.client.exec("BEGIN IMMEDIATE");
  const counted = counter.count(minute);
  await new Promise((resolve) => setImmediate(resolve));
  connection.client.exec("COMMIT");
  expect((await counted).tries).toBe(1);
});

it("clears away what is over, and nothing else", async () => {
  const { counter, connection, pass } = open();
  await counter.count(minute);
  pass(30_000);
  await counter.count({ ...minute, id: "somebody else" });
  pass(30_000);
  await counter.clear();
  expect(connection.client.prepare("SELECT count(*) FROM attempts").pluck().get()).toBe(1);
});
