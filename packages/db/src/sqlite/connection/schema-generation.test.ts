import type { AuthStore } from "@watchword/auth/core";
import { aNewUser, aSession, testStart } from "@watchword/auth/testing";
import { expect, it, onTestFinished } from "vitest";
import { migrationsFolder, useTestFolder } from "../../../test/test-database.ts";
import { migrateSqlite } from "../migrations/migrate.ts";
import { createSqliteAuthStore } from "../stores/auth-store.ts";
import { createSqliteRateLimitCounter } from "../stores/rate-limit-counter.ts";
import { openSqlite } from "./connection.ts";
import { schemaGeneration } from "./schema-generation.ts";

const folder = useTestFolder();

/** A newer version takes the database over, in another process. */
function takeOver(generation = schemaGeneration + 1): void {
  const newer = openSqlite({ file: folder.path() });
  newer.client.pragma(`user_version = ${generation}`);
  newer.close();
}

const unknownId = "00000000-0000-7000-8000-000000000000";
const unavailable = { reason: "temporarily_unavailable", retryAfterSeconds: 10 };

it("after a newer version has migrated the database, each call answers 503 and changes nothing (D13)", async () => {
  const connection = folder.open();
  const store = createSqliteAuthStore(connection);
  const counter = createSqliteRateLimitCounter(connection);
  onTestFinished(() => counter.close());
  const [user, other] = [aNewUser(), aNewUser()];
  const session = aSession({ userId: user.id });
  await store.createAccount({ user, session });
  const rows = () => connection.client.prepare("SELECT total_changes()").pluck().get();
  const before = rows();
  takeOver();
  const calls = [
    () => store.createAccount({ user: other, session: aSession({ userId: other.id }) }),
    () => store.revokeSession({ sessionId: session.id, now: session.createdAt, reason: "logout" }),
    () => store.changeName({ userId: user.id, name: "Mallory" }),
    () => counter.count({ scope: "pair", id: "a", window: { tries: 5, perSeconds: 60 } }),
  ];
  for (const call of calls) await expect(call()).rejects.toMatchObject(unavailable);
  expect(rows()).toBe(before);
});

it.each<[string, (store: AuthStore) => Promise<unknown>]>([
  ["the read of each request", async (store) => store.findSessionWithUser(unknownId)],
  ["the read for due emails", (store) => store.claimEmail({ now: testStart, leaseUntil: testStart + 1 })],
])("%s sees it within 100 ms: the first one of a connection sees it at once", async (_, read) => {
  folder.open(); // migrates
  const connection = openSqlite({ file: folder.path() });
  onTestFinished(() => connection.close());
  const store = createSqliteAuthStore(connection);
  takeOver();
  await expect(read(store)).rejects.toMatchObject(unavailable);
});

it("an older version does not start on it, and says why", () => {
  const connection = folder.open();
  takeOver();
  expect(() => migrateSqlite(connection, { migrationsFolder })).toThrow(
    expect.objectContaining({
      problem: "newer_version",
      message: expect.stringContaining("a newer version of the app"),
    }),
  );
});

it("a migration that only adds leaves the generation, and the process of before goes on", async () => {
  const connection = folder.open();
  const store = createSqliteAuthStore(connection);
  takeOver(schemaGeneration);
  const user = aNewUser();
  expect(await store.createAccount({ user, session: aSession({ userId: user.id }) })).toBe("created");
});
