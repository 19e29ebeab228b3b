import { createPasswordHasher } from "@watchword/auth/core";
import {
  completed,
  createFakeClock,
  createTestAuth,
  createTestMail,
  fromTerminal,
  seededRandomBytes,
  testStart,
} from "@watchword/auth/testing";
import { expect, it, onTestFinished } from "vitest";
import { fillWithPrevious, previousCommits } from "../../../test/previous-database.ts";
import { migrationsFolder, useTestFolder } from "../../../test/test-database.ts";
import { openSqlite, type SqliteConnection } from "../connection/connection.ts";
import { createSqliteAuthStore } from "../stores/auth-store.ts";
import { createSqliteChangeFeed } from "../stores/change-feed.ts";
import { migrateSqlite } from "./migrate.ts";

const folder = useTestFolder();
const password = "correct horse battery staple";

/** The kinds of the emails that wait and still hold. Since 0012 a change of the password voids an order with a link. */
const waiting = {
  "555799e": ["password_changed", "reset_password", "verify_email", "verify_email"],
  e459647: ["password_changed", "reset_password", "verify_email"],
};

function previousDatabase(commit: (typeof previousCommits)[number]) {
  const connection = openSqlite({ file: folder.path() });
  onTestFinished(() => connection.close());
  return { connection, previous: fillWithPrevious(connection, commit) };
}

type Row = Record<string, unknown>;

const tablesOf = ({ client }: SqliteConnection) =>
  client
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'")
    .pluck()
    .all() as string[];

const rowsOf = ({ client }: SqliteConnection) =>
  Object.fromEntries(tablesOf({ client } as SqliteConnection).map((table) => [table, rowsIn(client, table)]));

const rowsIn = (client: SqliteConnection["client"], table: string) =>
  client.prepare(`SELECT * FROM "${table}"`).all() as Row[];

/** The rows with the columns of before alone. */
const asBefore = (before: Row[], after: Row[] = []) =>
  after.map((row) => Object.fromEntries(Object.keys(before[0] ?? {}).map((name) => [name, row[name]])));

it.each(previousCommits)("a database of %s keeps every row, and each password as a credential", (commit) => {
  const { connection } = previousDatabase(commit);
  const { users = [], ...before } = rowsOf(connection);
  const counts = Object.fromEntries(Object.entries(before).map(([table, rows]) => [table, rows.length]));
  expect(counts).toMatchObject({ sessions: 5, signing_keys: 1, mail_links: 1, outbox: 6, files: 1, timeline: 16 });
  migrateSqlite(connection, { migrationsFolder });
  const after = rowsOf(connection);
  for (const [table, rows] of Object.entries(before))
    expect([table, asBefore(rows, after[table])]).toEqual([table, rows]);
  // A session of before says nothing of what its device proved: what needs a step-up asks again.
  expect(after.sessions?.map(({ step_up_methods }) => step_up_methods)).toEqual(Array(5).fill("[]"));
  expect(after.challenges).toEqual([]);
  const { password_hash: _hash, ...kept } = users[0] ?? {};
  expect(asBefore([kept], after.users)).toEqual(users.map(({ password_hash: _, ...user }) => user));
  expect(after.credentials).toEqual(
    users.map(({ id, password_hash: data, created_at }) => ({
      id,
      user_id: id,
      kind: "password",
      lookup_key: null,
      data,
      version: 1,
      label: null,
      created_at,
      last_used_at: null,
    })),
  );
});

it.each(previousCommits)(
  "users of a database of %s log in, refresh and get their mail; who was ended stays so",
  async (commit) => {
    const { connection, previous } = previousDatabase(commit);
    migrateSqlite(connection, { migrationsFolder });
    const clock = createFakeClock();
    clock.set(previous.now);
    const passwords = createPasswordHasher({ cost: 6 });
    onTestFinished(() => passwords.close());
    const { auth } = createTestAuth({
      store: createSqliteAuthStore(connection),
      clock,
      passwords: passwords as never,
      randomBytes: seededRandomBytes("the version after"),
    });
    const refresh = (refreshToken: string) => auth.refresh({ refreshToken, delivery: "body" });
    const login = (identifier: string, typed = password) =>
      completed(auth.login({ identifier, password: typed, ...fromTerminal }));

    expect((await refresh(previous.ada)).session.generation).toBe(2);
    const { accessToken } = await refresh(previous.grace);
    expect((await auth.verify(accessToken)).user.role).toBe("admin");
    await expect(refresh(previous.revoked)).rejects.toMatchObject({ reason: "session_revoked" });
    await expect(refresh(previous.disabled)).rejects.toMatchObject({ reason: "account_disabled" });
    await expect(login("bob")).rejects.toMatchObject({ reason: "account_disabled" });
    expect((await login("ada@example.com")).user.username).toBe("ada");
    await expect(login("carol")).rejects.toMatchObject({ reason: "invalid_credentials" });
    expect((await login("carol", "another correct horse")).user.username).toBe("carol");

    const mail = createTestMail(auth);
    await mail.deliver();
    expect(mail.sent.map(({ kind }) => kind).sort()).toEqual(waiting[commit]);
  },
);

it("after the migration no trigger writes, and the store writes each entry and each change once", async () => {
  const { connection } = previousDatabase("e459647");
  migrateSqlite(connection, { migrationsFolder });
  const triggers = connection.client.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all();
  expect(triggers).toEqual(["timeline_is_never_changed"]);
  const store = createSqliteAuthStore(connection);
  const feed = createSqliteChangeFeed(connection);
  const userId = (await store.findCredentials({ usernameKey: "grace" }))?.user.id ?? "";
  const [{ session } = expect.fail("Grace has a session")] = await store.listSessions(userId);
  const [newest, version] = [await feed.newest(userId), await store.keyRingVersion()];
  await store.revokeSession({ sessionId: session.id, reason: "logout", now: testStart + 5 });
  expect(await feed.changesAfter(userId, newest)).toMatchObject([{ kind: "session_ended", subjectId: session.id }]);
  const entries = await store.listAuditEntries({ userId, sessionId: session.id, limit: 9 });
  expect(entries.map(({ event }) => event)).toEqual(["session_expired", "user_created", "session_created"]);
  const keys = await store.readKeyRing();
  expect(await store.removeSigningKeys({ before: (keys.keys[0]?.verifiesUntil ?? 0) + 1 })).toBe(1);
  expect(await store.keyRingVersion()).toBe(version + 1);
});
