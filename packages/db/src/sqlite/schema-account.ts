import type { ChallengePurpose, Delivery, ProvenMethod, RevokedReason, Role } from "@watchword/auth/core";
import { sql } from "drizzle-orm";
import { blob, customType, index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** Words in one text, such as the values of `amr`. */
const spaceSeparated = customType<{ data: readonly string[]; driverData: string }>({
  dataType: () => "text",
  toDriver: (words) => words.join(" "),
  fromDriver: (text) => text.split(" "),
});

/** The accounts; see `schema.ts` for what all tables have in common. */
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
    // Of the kinds whose data may be encrypted: cleanup reads them, and not the password of each user.
    index("credentials_beside_passwords").on(table.id).where(sql`kind <> 'password'`),
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
    /** What the device with that secret proved, and when. */
    stepUpMethods: text("step_up_methods", { mode: "json" }).$type<readonly ProvenMethod[]>().notNull().default([]),
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

/** Logins and step-ups that wait for the response of a device. A row goes when it is consumed, and some time after its end. */
export const challenges = sqliteTable(
  "challenges",
  {
    id: text("id").primaryKey(),
    purpose: text("purpose").$type<ChallengePurpose>().notNull(),
    /** SHA-256 of the secret, which the client has that began it. */
    secretHash: blob("secret_hash", { mode: "buffer" }).$type<Uint8Array>().notNull(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    credentialVersion: integer("credential_version").notNull(),
    sessionId: text("session_id").references(() => sessions.id, { onDelete: "cascade" }),
    network: text("network"),
    /** Encrypted. */
    data: text("data").notNull(),
    triesLeft: integer("tries_left").notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [
    index("challenges_user").on(table.userId),
    index("challenges_network").on(table.network).where(sql`network is not null`),
    index("challenges_expires_at").on(table.expiresAt),
    // For the foreign key: without it each removed session would read the whole table.
    index("challenges_session").on(table.sessionId).where(sql`session_id is not null`),
  ],
);
