import type { AuthStore } from "@watchword/auth/core";
import type { SqliteConnection } from "../connection/connection.ts";
import { createSqliteAccountStore } from "./account-store.ts";
import { createSqliteAuditStore } from "./audit-store.ts";
import { createSqliteChallengeStore } from "./challenge-store.ts";
import { createSqliteCleanupStore } from "./cleanup-store.ts";
import { createSqliteCredentialStore } from "./credential-store.ts";
import { createSqliteEmailStore } from "./email/email-store.ts";
import { createSqliteKeyStore } from "./key-store.ts";
import { prepareSessionStatements } from "./session/session-statements.ts";
import { createSqliteSessionStore } from "./session/session-store.ts";
import { prepareSideWrites } from "./side-writes.ts";

/**
 * All that `AuthStore` asks for, in SQLite: the sum of one store for each port. The database must have been migrated
 * (`migrateSqlite`), because the statements are prepared here, once.
 *
 * Every race is decided by one conditional statement or by one transaction that holds the write lock from its beginning
 * (BEGIN IMMEDIATE); each is durable when its promise resolves. What an operation leaves in the audit log and in the feed of
 * changes is written by its own transaction.
 */
export function createSqliteAuthStore(connection: SqliteConnection): AuthStore {
  const sessions = prepareSessionStatements(connection.orm);
  const writes = prepareSideWrites(connection.orm);
  return {
    ...createSqliteAccountStore(connection, sessions, writes),
    ...createSqliteCredentialStore(connection, sessions, writes),
    ...createSqliteChallengeStore(connection),
    ...createSqliteSessionStore(connection, sessions, writes),
    ...createSqliteEmailStore(connection, writes),
    ...createSqliteKeyStore(connection),
    ...createSqliteAuditStore(connection),
    ...createSqliteCleanupStore(connection),
  };
}
