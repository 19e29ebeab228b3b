import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { aNewUser, aSession } from "@watchword/auth/testing";
import type { Database as Client } from "better-sqlite3";
import { expect, it } from "vitest";
import { startChild } from "../../../test/child.ts";
import { migrationsFolder, useTestFolder } from "../../../test/test-database.ts";
import { openSqlite } from "../connection/connection.ts";
import { Database } from "../connection/driver.ts";
import { createSqliteAuthStore } from "../stores/auth-store.ts";
import { migrateSqlite } from "./migrate.ts";

const folder = useTestFolder();
/** How many migrations there really are. */
const real = JSON.parse(readFileSync(join(migrationsFolder, "meta/_journal.json"), "utf8")).entries.length;
const appliedIn = (client: Client) => client.prepare(`SELECT count(*) FROM "__drizzle_migrations"`).pluck().get();

/** The real migrations and some more, in a folder of the test's own. */
function migrationsWith(...more: string[]): string {
  const target = folder.path("migrations");
  mkdirSync(target, { recursive: true });
  cpSync(migrationsFolder, target, { recursive: true });
  const journalFile = join(target, "meta/_journal.json");
  const journal = JSON.parse(readFileSync(journalFile, "utf8"));
  for (const [index, statements] of more.entries()) {
    const entry = { ...journal.entries.at(-1), tag: `9${index}_more`, when: journal.entries.at(-1).when + 1 };
    journal.entries.push(entry);
    writeFileSync(join(target, `${entry.tag}.sql`), statements);
  }
  writeFileSync(journalFile, JSON.stringify(journal));
  return target;
}

it("migrateSqlite() runs each migration once when four processes start at once", { timeout: 60_000 }, async () => {
  const script = new URL("migrate.child.ts", import.meta.url);
  const start = () => startChild<string, string>(script, [folder.path()]);
  const children = await Promise.all(Array.from({ length: 4 }, start));
  const counted = [
    "CREATE TABLE counter (runs integer NOT NULL);--> statement-breakpoint\nINSERT INTO counter VALUES (0);",
    // Takes a while, so that the others come while it lasts. Would not fail when it is run twice: a lock keeps it at one.
    `WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
     UPDATE counter SET runs = runs + (SELECT count(*) > 0 FROM n);`,
  ];
  // First on a file that does not exist yet, then on one of an earlier version.
  for (const target of [migrationsFolder, migrationsWith(...counted)]) {
    const answers = await Promise.all(children.map((child) => child.ask(target)));
    expect(answers).toEqual(Array(4).fill("migrated"));
  }
  const { client } = folder.open();
  expect(client.prepare("SELECT runs FROM counter").pluck().all()).toEqual([1]);
  expect(appliedIn(client)).toBe(real + 2);
});

it("migrateSqlite() does nothing the second time, not even wait for a writer", () => {
  const connection = folder.open();
  const other = new Database(connection.file);
  other.exec("BEGIN EXCLUSIVE");
  migrateSqlite(connection, { migrationsFolder, waitMs: 0 });
  other.close();
  expect(appliedIn(connection.client)).toBe(real);
});

it("migrateSqlite() leaves a database alone that newer code has migrated further", () => {
  const connection = folder.open();
  migrateSqlite(connection, { migrationsFolder: migrationsWith("CREATE TABLE newer (id integer);") });
  migrateSqlite(connection, { migrationsFolder });
  expect(appliedIn(connection.client)).toBe(real + 1);
});

it("migrateSqlite() can rebuild the users' table without losing their sessions", async () => {
  const connection = folder.open();
  const user = aNewUser();
  const session = aSession({ userId: user.id });
  await createSqliteAuthStore(connection).createAccount({ user, session });
  const rebuild = [
    "PRAGMA foreign_keys=OFF;",
    "CREATE TABLE __new_users AS SELECT * FROM users;",
    "DROP TABLE users;",
    "ALTER TABLE __new_users RENAME TO users;",
    "CREATE UNIQUE INDEX users_id ON users (id);",
    "PRAGMA foreign_keys=ON;",
  ];
  migrateSqlite(connection, { migrationsFolder: migrationsWith(rebuild.join("--> statement-breakpoint\n")) });
  expect(connection.client.pragma("foreign_keys", { simple: true })).toBe(1);
  expect((await createSqliteAuthStore(connection).findStoredSession(session.id))?.user.id).toBe(user.id);
});

it.each([
  { what: "fails half-way", statements: "CREATE TABLE half (id integer);--> statement-breakpoint\nNONSENSE;" },
  { what: "leaves a session without its user", statements: "CREATE TABLE half (id integer);DELETE FROM users;" },
])("migrateSqlite() leaves the database as it was when a migration $what", async ({ statements }) => {
  const connection = folder.open();
  const user = aNewUser();
  const session = aSession({ userId: user.id });
  const store = createSqliteAuthStore(connection);
  await store.createAccount({ user, session });
  expect(() => migrateSqlite(connection, { migrationsFolder: migrationsWith(statements) })).toThrow();
  expect(appliedIn(connection.client)).toBe(real);
  expect(connection.client.prepare("SELECT name FROM sqlite_schema WHERE name = 'half'").all()).toEqual([]);
  expect((await store.findStoredSession(session.id))?.user.id).toBe(user.id);
  expect(connection.client.pragma("foreign_keys", { simple: true })).toBe(1);
  expect(connection.client.pragma("busy_timeout", { simple: true })).toBe(0);
});

it("migrateSqlite() says so when the folder holds no migrations", () => {
  const connection = openSqlite({ file: folder.path() });
  expect(() => migrateSqlite(connection, { migrationsFolder: folder.path("nowhere") })).toThrow("_journal.json");
  connection.close();
});
