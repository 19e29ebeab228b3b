import type { Delivery, RevokedReason } from "@watchword/auth/core";
import { blob, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * The tables in SQLite. Ids are UUIDs of version 7 as text, times are milliseconds since 1970, hashes and salts are raw
 * octets. A change here needs a migration: `pnpm --filter @watchword/db generate`.
 *
 * Triggers fill `changes`; they stand in `0002_feed_triggers.sql`, because drizzle knows none. A migration that rebuilds
 * `sessions`, `files` or `changes` drops them with the table, and has to make them again.
 */
export const users = sqliteTable("users", {
  id: text("id").primaryKey(),
  /** As typed; compared by its key, which no two users share. */
  username: text("username").notNull(),
  usernameKey: text("username_key").notNull().unique(),
  email: text("email").notNull(),
  emailKey: text("email_key").notNull().unique(),
  name: text("name").notNull(),
  passwordHash: text("password_hash").notNull(),
  createdAt: integer("created_at").notNull(),
  disabledAt: integer("disabled_at"),
  credentialVersion: integer("credential_version").notNull(),
});

/**
 * One row for each session, for its whole life: a refresh changes it in place. No column that a refresh changes is in an
 * index, so that a refresh writes one page.
 */
export const sessions = sqliteTable(
  "sessions",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    delivery: text("delivery").$type<Delivery>().notNull(),
    rememberMe: integer("remember_me", { mode: "boolean" }).notNull(),
    familyHash: blob("family_hash", { mode: "buffer" }).$type<Uint8Array>().notNull(),
    generation: integer("generation").notNull(),
    nextHash: blob("next_hash", { mode: "buffer" }).$type<Uint8Array>().notNull(),
    lastUsedHash: blob("last_used_hash", { mode: "buffer" }).$type<Uint8Array>(),
    salt: blob("salt", { mode: "buffer" }).$type<Uint8Array>().notNull(),
    rotatedAt: integer("rotated_at").notNull(),
    createdAt: integer("created_at").notNull(),
    authenticatedAt: integer("authenticated_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    credentialVersion: integer("credential_version").notNull(),
    revokedAt: integer("revoked_at"),
    revokedReason: text("revoked_reason").$type<RevokedReason>(),
    userAgent: text("user_agent"),
    ipAddress: text("ip_address"),
    lastSeenAt: integer("last_seen_at").notNull(),
  },
  (table) => [index("sessions_user_id").on(table.userId)],
);

/** What users uploaded. A row is made before its bytes arrive, so that no bytes are ever without an owner. */
export const files = sqliteTable(
  "files",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    contentType: text("content_type").notNull(),
    sizeBytes: integer("size_bytes").notNull(),
    state: text("state").$type<"uploading" | "ready">().notNull(),
    createdAt: integer("created_at").notNull(),
    /** Set a moment before the row is deleted, so that the feed can say when. */
    removedAt: integer("removed_at"),
  },
  (table) => [index("files_user_id").on(table.userId)],
);

/**
 * What happened to a user's sessions and files, so that a page may follow it: the newest 200 of each user. Written by
 * triggers alone, in the transaction of the cause, so that nothing can happen without its entry nor the other way round.
 * Writers take turns, so whoever reads a `seq` has every smaller one before their eyes.
 */
export const changes = sqliteTable(
  "changes",
  {
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    kind: text("kind").$type<"file_added" | "file_removed" | "session_started" | "session_ended">().notNull(),
    /** The file's or the session's id. */
    subjectId: text("subject_id").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  // SQLite puts the key of the row behind each entry: this index is in the order of (user_id, seq).
  (table) => [index("changes_user_id").on(table.userId)],
);
