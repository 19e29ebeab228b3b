import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach } from "vitest";
import { openSqlite, type SqliteConnection, type SqliteOptions } from "../src/sqlite/connection/connection.ts";
import { migrateSqlite } from "../src/sqlite/migrations/migrate.ts";

export const migrationsFolder = fileURLToPath(new URL("../migrations/sqlite", import.meta.url));

/** Real files, because what is tested here is what a file does: locks, commits, a disk that is full. */
export interface TestFolder {
  /** A path in a folder that the running test has to itself. */
  path(name?: string): string;
  /** Opens a database there, migrated; it is closed after the test. */
  open(options?: Partial<SqliteOptions>): SqliteConnection;
}

/** A fresh folder for each test, removed after it together with every database that was opened there. */
export function useTestFolder(): TestFolder {
  let folder = "";
  let opened: SqliteConnection[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "watchword-db-"));
  });
  afterEach(() => {
    for (const connection of opened) connection.close();
    opened = [];
    rmSync(folder, { recursive: true, force: true });
  });
  const path = (name = "watchword.db") => join(folder, name);
  return {
    path,
    open(options) {
      const connection = openSqlite({ file: path(), ...options });
      opened.push(connection);
      migrateSqlite(connection, { migrationsFolder });
      return connection;
    },
  };
}
