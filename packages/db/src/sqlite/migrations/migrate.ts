import { type MigrationMeta, readMigrationFiles } from "drizzle-orm/migrator";
import { explained, type SqliteConnection } from "../connection/connection.ts";
import { DatabaseOpenError } from "../connection/open-error.ts";
import { readSchemaGeneration, schemaGeneration } from "../connection/schema-generation.ts";
import { carryOverEmails } from "./email-addresses.ts";
import { fillSkeletons } from "./skeletons.ts";

export interface MigrateOptions {
  /** The folder that `drizzle-kit generate` writes: one file for each migration, and `meta/_journal.json`. */
  migrationsFolder: string;
  /** For how long to wait for another process that is migrating, in milliseconds. */
  waitMs?: number;
}

/**
 * Brings a database up to date: all missing migrations in one transaction, or none; and then, in small steps, what SQL
 * cannot make (`fillSkeletons`, `carryOverEmails`). Safe when several processes start at
 * once on one file, and when older or newer code has the file open. Synchronous: it is for the start of a process.
 *
 * It reads drizzle-kit's files and keeps drizzle's own table, but does not call drizzle's `migrate()`. That one looks up
 * what is missing before it takes the lock, so that two processes run the same migration twice; and inside its
 * transaction a migration cannot switch foreign keys off, so that rebuilding `users` would delete every session.
 *
 * @throws {DatabaseOpenError} `newer_version`: a later version has made a schema that this one must not write to
 * @throws when a migration fails, or leaves a row whose foreign key leads nowhere; the database is then as it was
 */
export function migrateSqlite(
  { client, file }: SqliteConnection,
  { migrationsFolder, waitMs = 30_000 }: MigrateOptions,
): void {
  const migrations = readMigrationFiles({ migrationsFolder });
  const last = migrations.at(-1);
  const busyTimeoutMs = client.pragma("busy_timeout", { simple: true });
  client.pragma(`busy_timeout = ${waitMs}`);
  try {
    explained(file, () => {
      if (readSchemaGeneration(client) > schemaGeneration) throw newerVersion(file);
      // The common case is that nothing is missing, which must not wait for a write lock.
      if (last && newestApplied(client) < last.folderMillis) applyTogether(client, migrations);
      fillSkeletons(client);
      carryOverEmails(client);
    });
  } finally {
    client.pragma(`busy_timeout = ${String(busyTimeoutMs)}`);
  }
}

type Client = SqliteConnection["client"];

function newerVersion(file: string): DatabaseOpenError {
  return new DatabaseOpenError("newer_version", `${file}: a newer version of the app has migrated this database`);
}

function applyTogether(client: Client, migrations: MigrationMeta[]): void {
  client.pragma("foreign_keys = OFF"); // ignored within a transaction, so before it
  try {
    client.transaction(() => applyMissing(client, migrations)).immediate();
  } finally {
    client.pragma("foreign_keys = ON");
  }
}

/** Looks under the lock: another process may have done it all while this one waited. */
function applyMissing(client: Client, migrations: MigrationMeta[]): void {
  client.exec(
    `CREATE TABLE IF NOT EXISTS "__drizzle_migrations" (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)`,
  );
  const applied = newestApplied(client);
  const record = client.prepare(`INSERT INTO "__drizzle_migrations" ("hash", "created_at") VALUES (?, ?)`);
  for (const migration of migrations.filter(({ folderMillis }) => folderMillis > applied)) {
    for (const statement of migration.sql) client.exec(statement);
    record.run(migration.hash, migration.folderMillis);
  }
  const broken = client.pragma("foreign_key_check");
  if (Array.isArray(broken) && broken.length > 0) {
    throw new Error(`The migration leaves ${broken.length} rows whose foreign key leads nowhere`);
  }
}

/** When the newest migration of this database was generated, in milliseconds since 1970; -1 when it has none. */
function newestApplied(client: Client): number {
  const table = client.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '__drizzle_migrations'`);
  if (!table.get()) return -1;
  return Number(client.prepare(`SELECT max(created_at) FROM "__drizzle_migrations"`).pluck().get() ?? -1);
}
