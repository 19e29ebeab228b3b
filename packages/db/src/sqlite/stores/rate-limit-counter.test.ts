import { createFakeClock } from "@watchword/auth/testing";
import { describeRateLimitCounter } from "@watchword/auth/testing/store-contract";
import { expect, it, onTestFinished } from "vitest";
import { useTestFolder } from "../../../test/test-database.ts";
import { createSqliteRateLimitCounter } from "./rate-limit-counter.ts";

const minute = { scope: "account", id: "somebody", window: { tries: 5, perSeconds: 60 } } as const;

const folder = useTestFolder();

function open() {
  const connection = folder.open();
  const clock = createFakeClock();
  const counter = createSqliteRateLimitCounter(connection, clock);
  onTestFinished(() => counter.close());
  return { counter, connection, clock, pass: (ms: number) => clock.advance(ms) };
}

describeRateLimitCounter("The counter in SQLite", open);

it("holds a limit in every process, and after a restart", async () => {
  const { counter, connection, clock } = open();
  const other = createSqliteRateLimitCounter(connection, clock);
  await Promise.all([counter.count(minute), other.count(minute), counter.count(minute)]);
  other.close();
  const restarted = createSqliteRateLimitCounter(connection, clock);
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

it("clears away what a clock of the far future counted, and keeps the longest window that can be set", async () => {
  const { counter, connection, pass } = open();
  const tenYears = 315_360_000_000;
  pass(tenYears);
  await counter.count(minute);
  pass(-tenYears);
  await counter.count({ ...minute, window: { tries: 1, perSeconds: 9_999_999 } });
  await counter.clear();
  const keys = connection.client.prepare("SELECT key FROM attempts").pluck().all();
  expect(keys).toEqual(["account/9999999:somebody"]);
});
