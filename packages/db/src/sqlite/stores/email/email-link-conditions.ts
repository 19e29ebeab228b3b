import { and, eq, exists, isNotNull, isNull, ne, notExists, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { mailLinks, sessions, users } from "../../schema.ts";
import type { Orm } from "../placeholders.ts";

/** The link's user is active, and has the address and the password that they had when it was made (fault case P13). */
export function hasCurrentUser(orm: Orm): SQL {
  const owner = alias(users, "owner");
  const current = and(
    eq(owner.id, mailLinks.userId),
    isNull(owner.disabledAt),
    eq(owner.credentialVersion, mailLinks.credentialVersion),
    eq(owner.emailKey, mailLinks.emailKey),
  );
  return exists(orm.select({ one: sql`1` }).from(owner).where(current));
}

/**
 * The session that requested the link was not revoked by another session or for reuse: its own logout and its expiry void
 * nothing. Beside the deletion in the transaction of the revocation, for one that an older version carried out.
 */
export function hasNoRevokedSession(orm: Orm): SQL {
  return notExists(
    orm
      .select({ one: sql`1` })
      .from(sessions)
      .where(isRevoked(sql`${mailLinks.sessionId}`)),
  );
}

export function isRevoked(sessionId: SQL): SQL | undefined {
  return and(eq(sessions.id, sessionId), isNotNull(sessions.revokedAt), ne(sessions.revokedReason, "logout"));
}

export function isAddressFree(orm: Orm): SQL {
  const holder = alias(users, "holder");
  return notExists(orm.select({ one: sql`1` }).from(holder).where(eq(holder.emailKey, mailLinks.newEmailKey)));
}
