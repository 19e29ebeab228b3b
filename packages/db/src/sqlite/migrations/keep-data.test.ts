import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { aNewUser, aSession, someBytes, testStart } from "@watchword/auth/testing";
import { expect, it, onTestFinished } from "vitest";
import { migrationsFolder, useTestFolder } from "../../../test/test-database.ts";
import { openSqlite, type SqliteConnection } from "../connection/connection.ts";
import { files, mailLinks, outbox, sessions, signingKeys, timeline, users } from "../schema.ts";
import { createSqliteAuthStore } from "../stores/auth-store.ts";
import { createSqliteChangeFeed } from "../stores/change-feed.ts";
import { migrateSqlite } from "./migrate.ts";

const folder = useTestFolder();
const tables = [
  "users",
  "sessions",
  "signing_keys",
  "key_ring",
  "mail_links",
  "outbox",
  "files",
  "timeline",
  "changes",
];

/** The migrations before 0014. */
function previousMigrations(): string {
  const target = folder.path("previous-migrations");
  mkdirSync(target, { recursive: true });
  cpSync(migrationsFolder, target, { recursive: true });
  const journalFile = join(target, "meta/_journal.json");
  const journal = JSON.parse(readFileSync(journalFile, "utf8"));
  writeFileSync(journalFile, JSON.stringify({ ...journal, entries: journal.entries.slice(0, 14) }));
  return target;
}

/** A database of the version before, in which triggers wrote the entries and the changes. */
function previousDatabase() {
  const connection = openSqlite({ file: folder.path() });
  onTestFinished(() => connection.close());
  migrateSqlite(connection, { migrationsFolder: previousMigrations() });
  const user = aNewUser();
  const [session, ended] = [aSession({ userId: user.id }), aSession({ userId: user.id })];
  fill(connection, user, [session, ended]);
  connection.client
    .prepare("UPDATE sessions SET revoked_at = ?, revoked_reason = 'logout' WHERE id = ?")
    .run(testStart, ended.id);
  return { connection, user, session };
}

function fill({ orm }: SqliteConnection, user: ReturnType<typeof aNewUser>, rows: Array<ReturnType<typeof aSession>>) {
  const { id: userId, emailKey, credentialVersion } = user;
  orm.insert(users).values(user).run();
  for (const row of rows) orm.insert(sessions).values(row).run();
  orm
    .insert(signingKeys)
    .values({
      seq: 1,
      kid: "first",
      algorithm: "EdDSA",
      publicJwk: "{}",
      sealedPrivateKey: someBytes(60),
      createdAt: testStart,
      signsFrom: testStart,
      signsUntil: testStart + 1,
      verifiesUntil: testStart + 2,
    })
    .run();
  const link = { secretHash: someBytes(32), emailKey, credentialVersion, expiresAt: testStart + 9 };
  orm
    .insert(mailLinks)
    .values({ userId, kind: "verify_email", ...link })
    .run();
  orm
    .insert(outbox)
    .values({ id: userId, kind: "verify_email", userId, orderedAt: testStart, attempts: 0, dueAt: testStart })
    .run();
  const file = { id: "00000000-0000-7000-8000-000000000001", userId, name: "a.txt", contentType: "text/plain" };
  orm
    .insert(files)
    .values({ ...file, sizeBytes: 1, state: "ready", createdAt: testStart })
    .run();
  const entry = {
    at: testStart,
    event: "authn_login_fail",
    outcome: "failure",
    userId,
    detail: "wrong_password",
  } as const;
  orm.insert(timeline).values(entry).run();
}

const rowsOf = ({ client }: SqliteConnection) =>
  Object.fromEntries(tables.map((table) => [table, client.prepare(`SELECT * FROM ${table}`).all()]));

it("a database of the version before keeps every account, session, key, email, file, entry and change", () => {
  const { connection } = previousDatabase();
  const before = rowsOf(connection);
  expect(tables.map((table) => [table, before[table]?.length])).toEqual([
    ["users", 1],
    ["sessions", 2],
    ["signing_keys", 1],
    ["key_ring", 1],
    ["mail_links", 1],
    ["outbox", 1],
    ["files", 1],
    ["timeline", 4],
    ["changes", 3],
  ]);
  migrateSqlite(connection, { migrationsFolder });
  expect(rowsOf(connection)).toEqual(before);
});

it("after the migration no trigger writes, and the store writes each entry and each change once", async () => {
  const { connection, user, session } = previousDatabase();
  migrateSqlite(connection, { migrationsFolder });
  const triggers = connection.client.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all();
  expect(triggers).toEqual(["timeline_is_never_changed"]);
  const store = createSqliteAuthStore(connection);
  const feed = createSqliteChangeFeed(connection);
  const [newest, version] = [await feed.newest(user.id), await store.keyRingVersion()];
  await store.revokeSession({ sessionId: session.id, reason: "logout", now: testStart + 5 });
  expect(await feed.changesAfter(user.id, newest)).toMatchObject([{ kind: "session_ended", subjectId: session.id }]);
  const entries = await store.listAuditEntries({ userId: user.id, sessionId: session.id, limit: 9 });
  expect(entries.map(({ event }) => event)).toEqual(["session_expired", "session_created"]);
  expect(await store.removeSigningKeys({ before: testStart + 2 })).toBe(1);
  expect(await store.keyRingVersion()).toBe(version + 1);
});
