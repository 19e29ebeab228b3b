import type { AuthStore, EmailLinkUse, EmailStore, User } from "@watchword/auth/core";
import { and, eq, exists, gt, isNotNull, isNull, ne, notExists, or, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { SqliteConnection } from "../connection/connection.ts";
import { mailLinks, outbox, registrationLinks, sessions, timeline, users } from "../schema.ts";
import { createSqliteOutbox } from "./email-outbox.ts";
import { prepareOrderEnds } from "./email-voiding.ts";
import { createSqliteRegistrationLinks, endsWithin } from "./registration-links.ts";
import { allGiven, isNoLastAdmin, prepareEndStatements, userColumns } from "./statements.ts";

const given = (name: string) => sql.placeholder(name);
const value = (name: string): SQL => sql`${sql.placeholder(name)}`;

type Orm = SqliteConnection["orm"];

/**
 * Links in mails, and mails that wait. A link is consumed by one DELETE that says again all that it rests on; in the same
 * transaction follows what it is good for.
 */
export function createSqliteMail(connection: SqliteConnection): EmailStore & Pick<AuthStore, "deleteUser"> {
  const { client, orm, run } = connection;
  const links = prepareLinkStatements(orm);
  const ends = prepareEndStatements(orm);
  const orders = prepareOrderEnds(orm);
  const consumeVerify = client.transaction((use: EmailLinkUse): User | undefined => {
    const link = links.consume.get({ ...use, kind: "verify_email" });
    return link && links.verify.get({ userId: link.userId, now: use.now });
  });
  const consumeChange = client.transaction((use: EmailLinkUse) => {
    const link = links.consumeChange.get({ ...use });
    if (!link) return undefined;
    const former = links.emailOf.get({ userId: link.userId });
    const user = links.changeEmail.get({ ...link, now: use.now });
    orders.endOfUser(link.userId);
    return user && former && { user, ...former };
  });
  const consumeReset = client.transaction((use: Parameters<EmailStore["consumeResetLink"]>[0]) => {
    const link = links.consume.get({ ...use, kind: "reset_password" });
    if (!link) return undefined;
    const { userId } = link;
    const user = links.setPassword.get({ ...use, userId });
    ends.revokeAll.run({ userId, now: use.now, reason: "password_changed" });
    orders.endOfUser(userId);
    return user;
  });
  const removeFuture = client.transaction((latest: Parameters<EmailStore["removeFutureLinks"]>[0]) => {
    const removed = links.removeFuture.run(latest).changes;
    return removed + links.removeFutureRegistrations.run(latest).changes;
  });
  const deleteUser = client.transaction((end: { userId: string }) => {
    // What hangs on the row goes with it; the timeline hangs on nothing.
    if (links.removeUser.run(end).changes === 0) return links.emailOf.get(end) ? "last_admin" : "unchanged";
    links.removeTimeline.run(end);
    orders.endOfUser(end.userId);
    return "done";
  });

  return {
    putEmailLink: (link, order) =>
      run(() => {
        const given = { ...link, orderId: order?.id ?? null, attempts: order?.attempts ?? null };
        return links.put.run(given).changes === 1;
      }),
    findEmailLink: (query) => run(() => links.find.get({ ...query })),
    consumeVerifyLink: (use) => run(() => consumeVerify.immediate(use)),
    consumeChangeLink: (use) => run(() => consumeChange.immediate(use)),
    consumeResetLink: (use) => run(() => consumeReset.immediate(use)),
    removeFutureLinks: (latest) => run(() => removeFuture.immediate(latest)),
    ...createSqliteRegistrationLinks(connection),
    deleteUser: (end) => run(() => deleteUser.immediate(end)),
    ...createSqliteOutbox(connection),
  };
}

function prepareLinkStatements(orm: Orm) {
  const ofUser = eq(users.id, given("userId"));
  const isThis = and(
    eq(mailLinks.secretHash, given("secretHash")),
    eq(mailLinks.kind, given("kind")),
    endsWithin(mailLinks.expiresAt),
  );
  const isThisChange = and(
    eq(mailLinks.secretHash, given("secretHash")),
    eq(mailLinks.kind, "change_email"),
    endsWithin(mailLinks.expiresAt),
  );
  const set = (values: Partial<Record<keyof typeof users.$inferInsert, SQL>>) =>
    orm.update(users).set(values).where(ofUser).returning(userColumns).prepare();
  return {
    put: orm
      .insert(mailLinks)
      .select(linkOfCurrentUser(orm))
      .onConflictDoUpdate({ target: [mailLinks.userId, mailLinks.kind], set: asExcluded() })
      .prepare(),
    find: orm
      .select(userColumns)
      .from(mailLinks)
      .innerJoin(users, eq(users.id, mailLinks.userId))
      .where(and(isThis, hasCurrentUser(orm), hasNoRevokedSession(orm)))
      .prepare(),
    consume: orm
      .delete(mailLinks)
      .where(and(isThis, hasCurrentUser(orm)))
      .returning({ userId: mailLinks.userId })
      .prepare(),
    consumeChange: orm
      .delete(mailLinks)
      .where(and(isThisChange, hasCurrentUser(orm), hasNoRevokedSession(orm), isAddressFree(orm)))
      .returning({ userId: mailLinks.userId, newEmail: mailLinks.newEmail, newEmailKey: mailLinks.newEmailKey })
      .prepare(),
    emailOf: orm
      .select({ formerEmail: users.email, formerEmailVerifiedAt: users.emailVerifiedAt })
      .from(users)
      .where(ofUser)
      .prepare(),
    verify: set({ emailVerifiedAt: value("now") }),
    changeEmail: set({
      email: value("newEmail"),
      emailKey: value("newEmailKey"),
      emailVerifiedAt: value("now"),
      claimsVersion: sql`${users.claimsVersion} + 1`,
    }),
    setPassword: set({
      passwordHash: value("passwordHash"),
      credentialVersion: sql`${users.credentialVersion} + 1`,
      emailVerifiedAt: sql`coalesce(${users.emailVerifiedAt}, ${given("now")})`,
    }),
    removeFuture: orm.delete(mailLinks).where(isOfFuture()).prepare(),
    removeFutureRegistrations: orm
      .delete(registrationLinks)
      .where(gt(registrationLinks.expiresAt, given("register")))
      .prepare(),
    removeUser: orm
      .delete(users)
      .where(and(ofUser, isNoLastAdmin(orm)))
      .prepare(),
    removeTimeline: orm
      .delete(timeline)
      .where(eq(timeline.userId, given("userId")))
      .prepare(),
  };
}

function isOfFuture(): SQL | undefined {
  const kinds = ["verify_email", "reset_password", "change_email"] as const;
  return or(...kinds.map((kind) => and(eq(mailLinks.kind, kind), gt(mailLinks.expiresAt, given(kind)))));
}

/** The link's user is active, and has the address and the password that they had when it was made (fault case P13). */
function hasCurrentUser(orm: Orm): SQL {
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
 * The session that ordered the link was not revoked by somebody else or for reuse: its own logout, and its running out, take
 * back nothing. Beside the deletion in the transaction of the revocation, for one that an older version carried out.
 */
function hasNoRevokedSession(orm: Orm): SQL {
  return notExists(
    orm
      .select({ one: sql`1` })
      .from(sessions)
      .where(isRevoked(sql`${mailLinks.sessionId}`)),
  );
}

function isRevoked(sessionId: SQL): SQL | undefined {
  return and(eq(sessions.id, sessionId), isNotNull(sessions.revokedAt), ne(sessions.revokedReason, "logout"));
}

function isAddressFree(orm: Orm): SQL {
  const holder = alias(users, "holder");
  return notExists(orm.select({ one: sql`1` }).from(holder).where(eq(holder.emailKey, mailLinks.newEmailKey)));
}

/**
 * The new link's row, as a SELECT that is empty unless the user is active and still has that address and password, the session
 * that ordered it was not revoked, and the order waits as it was claimed, where there is one.
 */
function linkOfCurrentUser(orm: Orm): SQL {
  const row = sql.join(Object.values(allGiven(mailLinks)), sql`, `);
  const current = and(
    eq(users.id, given("userId")),
    isNull(users.disabledAt),
    eq(users.credentialVersion, given("credentialVersion")),
    eq(users.emailKey, given("emailKey")),
    notExists(
      orm
        .select({ one: sql`1` })
        .from(sessions)
        .where(isRevoked(value("sessionId"))),
    ),
  );
  const waits = and(eq(outbox.id, given("orderId")), eq(outbox.attempts, given("attempts")), isNotNull(outbox.dueAt));
  const isWaiting = exists(orm.select({ one: sql`1` }).from(outbox).where(waits));
  return sql`select ${row} from ${users} where ${current} and (${given("orderId")} is null or ${isWaiting})`;
}

function asExcluded() {
  const excluded = (column: { name: string }): SQL => sql.raw(`excluded."${column.name}"`);
  return {
    secretHash: excluded(mailLinks.secretHash),
    emailKey: excluded(mailLinks.emailKey),
    credentialVersion: excluded(mailLinks.credentialVersion),
    newEmail: excluded(mailLinks.newEmail),
    newEmailKey: excluded(mailLinks.newEmailKey),
    sessionId: excluded(mailLinks.sessionId),
    expiresAt: excluded(mailLinks.expiresAt),
  };
}
