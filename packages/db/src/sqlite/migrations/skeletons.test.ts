import { aNewUser, aSession } from "@watchword/auth/testing";
import { expect, it } from "vitest";
import { migrationsFolder, useTestFolder } from "../../../test/test-database.ts";
import type { SqliteConnection } from "../connection/connection.ts";
import { Database } from "../connection/driver.ts";
import { createSqliteAuthStore } from "../stores/auth-store.ts";
import { migrateSqlite } from "./migrate.ts";

const folder = useTestFolder();

/** Users as they are left by a version that knows no skeletons: the younger ones may look like the older. */
function withoutSkeletons(connection: SqliteConnection, usernames: readonly string[]): void {
  const insert = connection.client.prepare(
    `INSERT INTO users (id, username, username_key, email, email_key, name, created_at, credential_version)
     VALUES (@id, @username, @usernameKey, @email, @emailKey, @name, @createdAt, @credentialVersion)`,
  );
  for (const username of usernames) {
    const {
      usernameSkeleton: _none,
      disabledAt: _no,
      role: _role,
      claimsVersion: _version,
      passwordHash: _hash,
      ...user
    } = aNewUser();
    insert.run({ ...user, username, usernameKey: username.toLowerCase() });
  }
}

const skeletonsIn = ({ client }: SqliteConnection) =>
  client
    .prepare<[], [username: string, skeleton: string | null]>(
      "SELECT username, username_skeleton FROM users ORDER BY rowid",
    )
    .raw()
    .all();

it("a start gives a skeleton to each username that has none, and of those that look alike to the oldest (P10)", () => {
  const connection = folder.open();
  withoutSkeletons(connection, ["lan", "Grace", "Ian", "1an", "сор", "cop"]);
  migrateSqlite(connection, { migrationsFolder });
  expect(skeletonsIn(connection)).toEqual([
    ["lan", "lan"],
    ["Grace", "grace"],
    ["Ian", null],
    ["1an", null],
    ["сор", "cop"],
    ["cop", null],
  ]);
});

it("whoever looked like somebody before there was a rule keeps the account, and a third one is refused (P10)", async () => {
  const connection = folder.open();
  withoutSkeletons(connection, ["lan", "Ian"]);
  migrateSqlite(connection, { migrationsFolder });
  const store = createSqliteAuthStore(connection);
  expect((await store.findCredentials({ usernameKey: "ian" }))?.user.username).toBe("Ian");
  const user = aNewUser({ username: "1an" });
  expect(await store.createAccount({ user, session: aSession({ userId: user.id }) })).toBe("username_taken");
});

it("goes through more rows than one step takes, and waits for no writer when there is none to give", () => {
  const connection = folder.open();
  const usernames = Array.from({ length: 1_203 }, (_, index) => `person-${index}`);
  withoutSkeletons(connection, [...usernames, "lan", "Ian"]);
  migrateSqlite(connection, { migrationsFolder });
  const found = skeletonsIn(connection);
  expect(found.filter(([, skeleton]) => skeleton === null)).toEqual([["Ian", null]]);

  const other = new Database(connection.file);
  other.exec("BEGIN EXCLUSIVE");
  migrateSqlite(connection, { migrationsFolder, waitMs: 0 });
  other.close();
  expect(skeletonsIn(connection)).toEqual(found);
});
