import type {
  AuditDetail,
  AuditEvent,
  Delivery,
  EmailKind,
  EmailLinkKind,
  RevokedReason,
  Role,
} from "@watchword/auth/core";
import { sql } from "drizzle-orm";
import { blob, customType, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** Words in one text, such as the values of `amr`. */
const spaceSeparated = customType<{ data: readonly string[]; driverData: string }>({
  dataType: () => "text",
  toDriver: (words) => words.join(" "),
  fromDriver: (text) => text.split(" "),
});

/**
 * The tables in SQLite. Ids are UUIDs of version 7 as text, times are milliseconds since 1970, hashes and salts are raw
 * octets. A change here needs a migration: `pnpm --filter @watchword/db generate`.
 *
 * The index `credentials_password_cost` stands in `0015_credentials.sql` alone: it is of an expression with commas, which
 * drizzle-kit takes apart. So does the trigger `timeline_is_never_changed` in `0004`, which drizzle does not know. A migration
 * that rebuilds one of these two tables drops them with it, and has to make them again.
 */
export const users = sqliteTable(
  "users",
  {
    id: text("id").primaryKey(),
    /** As typed; compared by its key, which no two users share. */
    username: text("username").notNull(),
    usernameKey: text("username_key").notNull().unique(),
    /**
     * What the username looks like, which no two users share either. Null in rows of before migration
     * 0007 until the next start, and in those that looked like an older one's before there was a rule.
     */
    usernameSkeleton: text("username_skeleton").unique(),
    /** As mail is sent to it. */
    email: text("email").notNull(),
    emailKey: text("email_key").notNull().unique(),
    name: text("name").notNull(),
    createdAt: integer("created_at").notNull(),
    disabledAt: integer("disabled_at"),
    credentialVersion: integer("credential_version").notNull(),
    role: text("role").$type<Role>().notNull().default("user"),
    claimsVersion: integer("claims_version").notNull().default(1),
    emailVerifiedAt: integer("email_verified_at"),
  },
  // Of the administrators alone, so that it costs nothing: whether there is another one is asked before one goes.
  (table) => [
    index("users_admins").on(table.role).where(sql`role = 'admin'`),
    // The few whose key may have been made in another way by an earlier version; see `carryOverEmails`.
    index("users_email_beyond_ascii").on(table.email).where(sql`email glob '*[^ -~]*'`),
  ],
);

/**
 * How a user proves who they are: a row for each way, a password at most once. Each addition, replacement and removal raises
 * `users.credential_version` in the same transaction.
 */
export const credentials = sqliteTable(
  "credentials",
  {
    /** Of a password the user's id: there is one at most, and the migration that made the row could draw no other. */
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    kind: text("kind").notNull(),
    /** What a login finds the row by, such as the id of a passkey; null where it is found by its user. */
    lookupKey: text("lookup_key").unique(),
    /** Of a password its hash; of other kinds what they need, encrypted where it is secret. */
    data: text("data").notNull(),
    /** Grows with each change of `data`, which states the one that it read: one of two changes at once wins. */
    version: integer("version").notNull(),
    label: text("label"),
    createdAt: integer("created_at").notNull(),
    lastUsedAt: integer("last_used_at"),
  },
  (table) => [
    index("credentials_user").on(table.userId),
    uniqueIndex("credentials_one_password").on(table.userId).where(sql`kind = 'password'`),
  ],
);

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
    /** Of the step-up secret, and when it was issued. Null in the rows of before: what needs one asks for the password. */
    stepUpHash: blob("step_up_hash", { mode: "buffer" }).$type<Uint8Array>(),
    stepUpAt: integer("step_up_at"),
    rotatedAt: integer("rotated_at").notNull(),
    createdAt: integer("created_at").notNull(),
    authenticatedAt: integer("authenticated_at").notNull(),
    /** Every session of before began with a password. */
    amr: spaceSeparated("amr").notNull().default(sql`'pwd'`),
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

/** The links that are on their way in mails: of each kind a user has one. Bound to what the account had when it was made. */
export const mailLinks = sqliteTable(
  "mail_links",
  {
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    kind: text("kind").$type<EmailLinkKind>().notNull(),
    /** SHA-256 of the secret, which stands in the mail and nowhere else. */
    secretHash: blob("secret_hash", { mode: "buffer" }).$type<Uint8Array>().notNull().unique(),
    emailKey: text("email_key").notNull(),
    credentialVersion: integer("credential_version").notNull(),
    newEmail: text("new_email"),
    newEmailKey: text("new_email_key"),
    /** With `change_email`: the session that ordered it, whose revocation ends it. */
    sessionId: text("session_id"),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.kind] }),
    index("mail_links_expires_at").on(table.kind, table.expiresAt),
  ],
);

/**
 * The links with which accounts are made, of addresses that no user has yet: one for each. Whether a user has the address
 * by now is asked of `users` whenever one is looked at.
 */
export const registrationLinks = sqliteTable(
  "registration_links",
  {
    emailKey: text("email_key").primaryKey(),
    /** As typed: it becomes the account's. */
    email: text("email").notNull(),
    /** SHA-256 of the secret, which stands in the mail and nowhere else. */
    secretHash: blob("secret_hash", { mode: "buffer" }).$type<Uint8Array>().notNull().unique(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [index("registration_links_expires_at").on(table.expiresAt)],
);

/**
 * The mails that wait to be sent, and for an hour those that were, because their number is limited. They hold no secret: a
 * link is drawn when its mail is sent. Without a foreign key: it is not known yet whose the address is, and the last mail
 * of an account is sent when the account is gone.
 */
export const outbox = sqliteTable(
  "outbox",
  {
    id: text("id").primaryKey(),
    kind: text("kind").$type<EmailKind>().notNull(),
    userId: text("user_id"),
    address: text("address"),
    /** A hash: it counts for an hour, also when its account is gone. */
    addressKey: text("address_key"),
    /** What the user had when they ordered a mail with a link. */
    boundEmailKey: text("bound_email_key"),
    boundCredentialVersion: integer("bound_credential_version"),
    boundSessionId: text("bound_session_id"),
    orderedAt: integer("ordered_at").notNull(),
    userAgent: text("user_agent"),
    ipAddress: text("ip_address"),
    attempts: integer("attempts").notNull(),
    /** Null when it is settled. */
    dueAt: integer("due_at"),
  },
  (table) => [
    index("outbox_due_at").on(table.dueAt).where(sql`due_at is not null`),
    index("outbox_user_id").on(table.userId).where(sql`due_at is not null`),
    index("outbox_address_key").on(table.addressKey, table.orderedAt),
    index("outbox_ordered_at").on(table.orderedAt),
  ],
);

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
