export { createSqliteAttemptCounter, type SqliteAttemptCounter } from "./attempt-counter.ts";
export { createSqliteChangeFeed } from "./change-feed.ts";
export { openSqlite, type SqliteConnection, type SqliteOptions } from "./connection.ts";
export { createSqliteFileStore } from "./file-store.ts";
export { type MigrateOptions, migrateSqlite } from "./migrate.ts";
export { DatabaseOpenError, type OpenProblem } from "./open-error.ts";
export { makePrivateFolder } from "./private-folder.ts";
export { createSqliteAuthStore } from "./store.ts";
export { type WaitForSqliteOptions, waitForSqlite } from "./wait-for-database.ts";
