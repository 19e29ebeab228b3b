import type { AuditDetail, AuditEvent } from "@watchword/auth/core";
import { sql } from "drizzle-orm";
import { blob, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "./schema-account.ts";

/**
 * The tables in SQLite. Ids are UUIDs of version 7 as text, times are milliseconds since 1970, hashes and salts are raw
 * octets. A change here needs a migration: `pnpm --filter @watchword/db generate`.
 *
 * The index `credentials_password_cost` stands in `0015_credentials.sql` alone: it is of an expression with commas, which
 * drizzle-kit takes apart. So does the trigger `timeline_is_never_changed` in `0004`, which drizzle does not know. A migration
 * that rebuilds one of these two tables drops them with it, and has to make them again.
 */
export { challenges, credentials, sessions, users } from "./schema-account.ts";
export { mailLinks, outbox, registrationLinks } from "./schema-email.ts";

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
    /**
     * Until when an upload counts as under way, unless its process renews it. Null for a file that has arrived, and for an upload
     * of the version before, which knows no lease (fault case D13).
     */
    leasedUntil: integer("leased_until"),
    /** Written by the version before alone, a moment before it deletes the row (fault case D13). */
    removedAt: integer("removed_at"),
  },
  (table) => [index("files_user_id").on(table.userId)],
);

/**
 * What happened to a user's sessions and files, so that a page may follow it: the newest 200 of each user. Written by
 * the transaction of the cause, so that nothing can happen without its entry nor the other way round. Writers take turns, so
 * a reader of a `seq` has seen every smaller one.
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

/**
 * What happened to accounts and sessions, for people who ask why: appended to, never changed. It has no foreign keys,
 * because what happened stays true when the account is gone; ids say nothing without it.
 */
export const timeline = sqliteTable(
  "timeline",
  {
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    at: integer("at").notNull(),
    event: text("event").$type<AuditEvent>().notNull(),
    outcome: text("outcome").$type<"success" | "failure">().notNull(),
    /** Whose account it is about. */
    userId: text("user_id").notNull(),
    sessionId: text("session_id"),
    /** Who did it, where that is not the user: an administrator. */
    actorId: text("actor_id"),
    /** A word of ours, such as why a session ended; never anything typed. */
    detail: text("detail").$type<AuditDetail>(),
    userAgent: text("user_agent"),
    ipAddress: text("ip_address"),
  },
  // SQLite puts the key of the row behind each entry: these are in the order of (…, seq).
  (table) => [
    index("timeline_user_id").on(table.userId),
    index("timeline_session_id").on(table.sessionId),
    // For keeping the newest of each kind: it must cost the same for an account with many sessions.
    index("timeline_without_session").on(table.userId, table.event, table.detail).where(sql`session_id is null`),
  ],
);

/**
 * The keys that sign access tokens. The private half is sealed under the app's secret, and no key is believed that does
 * not open: an attacker who can write to the database must not be able to bring their own.
 */
export const signingKeys = sqliteTable("signing_keys", {
  /** Grows by one with each key. Of two processes that make a key at once, one finds its number taken. */
  seq: integer("seq").primaryKey(),
  /** The thumbprint of the public half (RFC 7638). */
  kid: text("kid").notNull().unique(),
  algorithm: text("algorithm").notNull(),
  /** A JWK (RFC 7517) as JSON. */
  publicJwk: text("public_jwk").notNull(),
  sealedPrivateKey: blob("sealed_private_key", { mode: "buffer" }).$type<Uint8Array>().notNull(),
  createdAt: integer("created_at").notNull(),
  signsFrom: integer("signs_from").notNull(),
  signsUntil: integer("signs_until").notNull(),
  verifiesUntil: integer("verifies_until").notNull(),
  /** Set in an emergency: from then on, nothing that it signed is believed. */
  revokedAt: integer("revoked_at"),
});

/** One row, whose number grows with each change of `signing_keys`: one read by key shows whether they changed. */
export const keyRing = sqliteTable("key_ring", {
  id: integer("id").primaryKey(),
  version: integer("version").notNull(),
});

/**
 * Tries that count towards a limit: `points` of them in a window. `key` names the scope, the window's length and a hash that leads
 * back to nobody.
 */
export const attempts = sqliteTable("attempts", {
  key: text("key").primaryKey(),
  points: integer("points").notNull().default(0),
  /** When the window ends. */
  expire: integer("expire"),
});
