import { aLinkUse, aNewUser, aSession, someBytes, testStart } from "@watchword/auth/testing";
import { expect, it } from "vitest";
import { migrationsFolder, useTestFolder } from "../../../test/test-database.ts";
import { Database } from "../connection/driver.ts";
import { createSqliteAuthStore } from "../stores/auth-store.ts";
import { migrateSqlite } from "./migrate.ts";

const folder = useTestFolder();

/** Accounts as an earlier version left them: the address as typed, and its key made in another way. */
async function withOldRows(rows: ReadonlyArray<[email: string, key: string]>) {
  const connection = folder.open();
  const store = createSqliteAuthStore(connection);
  const users = [];
  for (const [email, emailKey] of rows) {
    const user = aNewUser({ email, emailKey });
    await store.createAccount({ user, session: aSession({ userId: user.id }) });
    users.push(user);
  }
  const stored = () => connection.client.prepare("SELECT email, email_key FROM users ORDER BY rowid").raw().all();
  return { connection, store, users, stored };
}

it("a start brings each stored address into the form that mail goes to, with its key, and loses none (P09)", async () => {
  const { connection, stored } = await withOldRows([
    ["ada＠example.com", "ada@example.com"],
    ["ada@straße.example", "ada@strasse.example"],
    ["Grace@Example.org", "grace@example.org"],
    ["straße@example.com", "strasse@example.com"],
    ["ada@bücher.example", "ada@xn--bcher-kva.example"],
    ["ada@adı.example", "ada@adi.example"],
  ]);
  migrateSqlite(connection, { migrationsFolder });
  expect(stored()).toEqual([
    ["ada@example.com", "ada@example.com"],
    ["ada@straße.example", "ada@xn--strae-oqa.example"],
    ["Grace@Example.org", "grace@example.org"],
    ["straße@example.com", "straße@example.com"],
    ["ada@bücher.example", "ada@xn--bcher-kva.example"],
    ["ada@adı.example", "ada@xn--ad-ipa.example"],
  ]);
  const again = stored();
  const other = new Database(connection.file);
  other.exec("BEGIN EXCLUSIVE");
  migrateSqlite(connection, { migrationsFolder, waitMs: 0 }); // it writes nothing, so it waits for nobody
  other.close();
  expect(stored()).toEqual(again);
});

it("one mailbox that was registered in two spellings keeps both accounts (P09)", async () => {
  const { connection, stored } = await withOldRows([
    ["ada@straße.example", "ada@strasse.example"],
    ["ada@xn--strae-oqa.example", "ada@xn--strae-oqa.example"],
  ]);
  const before = stored();
  migrateSqlite(connection, { migrationsFolder });
  expect(stored()).toEqual(before);
});

it("a link that is on its way stays good, and what is no address any more is left alone (P09)", async () => {
  const { connection, store, users, stored } = await withOldRows([
    ["ada@straße.example", "ada@strasse.example"],
    ["ada@exam\u2024ple.com", "ada@exam.ple.com"],
  ]);
  const use = aLinkUse(someBytes(32), testStart);
  await store.putEmailLink({
    ...use,
    userId: users[0]?.id ?? "",
    kind: "verify_email",
    emailKey: "ada@strasse.example",
    credentialVersion: 1,
    newEmail: null,
    newEmailKey: null,
    sessionId: null,
    expiresAt: testStart + 1_000,
  });
  migrateSqlite(connection, { migrationsFolder });
  expect(stored()[1]).toEqual(["ada@exam\u2024ple.com", "ada@exam.ple.com"]);
  expect(await store.consumeVerifyLink(use)).toMatchObject({ email: "ada@straße.example", emailVerifiedAt: testStart });
});
