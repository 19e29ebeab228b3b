export { openSqlite, type SqliteConnection, type SqliteOptions } from "./connection/connection.ts";
export { DatabaseOpenError, type OpenProblem } from "./connection/open-error.ts";
export { makePrivateFolder } from "./connection/private-folder.ts";
export { type MigrateOptions, migrateSqlite } from "./migrations/migrate.ts";
export { type WaitForSqliteOptions, waitForSqlite } from "./migrations/wait-for-database.ts";
export { createSqliteAuthStore } from "./stores/auth-store.ts";
export { createSqliteChangeFeed } from "./stores/change-feed.ts";
export { createSqliteFileStore } from "./stores/file-store.ts";
export { createSqliteRateLimitCounter, type SqliteAttemptCounter } from "./stores/rate-limit-counter.ts";
