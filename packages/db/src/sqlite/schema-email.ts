import type { EmailKind, EmailLinkKind } from "@watchword/auth/core";
import { sql } from "drizzle-orm";
import { blob, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "./schema-account.ts";

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
