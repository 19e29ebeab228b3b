import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeStoreContract } from "@watchword/auth/testing/store-contract";
import { expect, it } from "vitest";
import { migrationsFolder, useTestFolder } from "../../../test/test-database.ts";
import { openSqlite } from "../connection/connection.ts";
import { migrateSqlite } from "../migrations/migrate.ts";
import { createSqliteAuthStore } from "./auth-store.ts";

describeStoreContract("createSqliteAuthStore()", async () => {
  const folder = mkdtempSync(join(tmpdir(), "watchword-db-"));
  const connection = openSqlite({ file: join(folder, "watchword.db") });
  migrateSqlite(connection, { migrationsFolder });
  return {
    store: createSqliteAuthStore(connection),
    async close() {
      connection.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});

const folder = useTestFolder();

it("createSqliteAuthStore() prepares no statement that reads a whole table (D14)", () => {
  const connection = folder.open();
  const { client } = connection;
  const prepare = client.prepare.bind(client);
  const statements: string[] = [];
  client.prepare = ((source: string) => {
    statements.push(source);
    return prepare(source);
  }) as typeof client.prepare;
  createSqliteAuthStore(connection);

  const plans = statements.map((source) => {
    const steps = prepare(`EXPLAIN QUERY PLAN ${source}`).all(...Array<null>(source.split("?").length - 1).fill(null));
    return { source, steps: (steps as { detail: string }[]).map((step) => step.detail) };
  });
  expect(plans.length).toBeGreaterThanOrEqual(15);
  // But for the signing keys, of which there are three or four; and rows made of what was given are in no table.
  const scans = plans.flatMap(({ steps }) => steps.filter((step) => step.includes("SCAN")));
  const small = ["SCAN signing_keys", "SCAN CONSTANT ROW", "SCAN json_each VIRTUAL TABLE INDEX 1:"];
  expect(scans.filter((step) => !small.includes(step))).toEqual([]);
  const readSessions = plans.filter(
    ({ source }) => source.startsWith("select") && source.includes(`from "sessions" inner join`),
  );
  expect(readSessions.map(({ steps }) => steps)).toEqual([
    [
      "SEARCH users USING INDEX sqlite_autoindex_users_1 (id=?)",
      "SEARCH sessions USING INDEX sessions_user_id (user_id=?)",
    ],
    [
      "SEARCH sessions USING INDEX sqlite_autoindex_sessions_1 (id=?)",
      "SEARCH users USING INDEX sqlite_autoindex_users_1 (id=?)",
      "CORRELATED SCALAR SUBQUERY 1",
      "USE TEMP B-TREE FOR json_group_array(ORDER BY)",
      "SEARCH own USING INDEX credentials_user (user_id=?)",
    ],
    [
      "SEARCH sessions USING INDEX sqlite_autoindex_sessions_1 (id=?)",
      "SEARCH users USING INDEX sqlite_autoindex_users_1 (id=?)",
      "SCALAR SUBQUERY 1",
      "SEARCH key_ring USING INTEGER PRIMARY KEY (rowid=?)",
    ],
  ]);
  // A search by the key of the table would read the password of each user.
  const readOutdated = plans.find(({ source }) => source.includes("substr") && source.includes("<> 'password'"));
  expect(readOutdated?.steps).toEqual(["SEARCH credentials USING INDEX credentials_beside_passwords (id>?)"]);
});
