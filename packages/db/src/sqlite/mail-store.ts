import type { MailLinkUse, MailStore, User } from "@watchword/auth/core";
import { and, asc, eq, exists, gt, isNotNull, isNull, lt, lte, notExists, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { SqliteConnection } from "./connection.ts";
import { createSqliteRegistrationLinks } from "./registration-links.ts";
import { mailLinks, outbox, timeline, users } from "./schema.ts";
import { allGiven, isNoLastAdmin, prepareEndStatements, userColumns } from "./statements.ts";

const given = (name: string) => sql.placeholder(name);
const value = (name: string): SQL => sql`${sql.placeholder(name)}`;

type Orm = SqliteConnection["orm"];

/**
 * Links in mails, and mails that wait. A link is consumed by one DELETE that says again all that it rests on; in the same
 * transaction follows what it is good for.
 */
export function createSqliteMail(connection: SqliteConnection): MailStore {
  const { client, orm, run, look } = connection;
  const links = prepareLinkStatements(orm);
  const mails = prepareOutboxStatements(orm);
  const ends = prepareEndStatements(orm);
  const consumeVerify = client.transaction((use: MailLinkUse): User | undefined => {
    const link = links.consume.get({ ...use, kind: "verify_email" });
    return link && links.verify.get({ userId: link.userId, now: use.now });
  });
  const consumeChange = client.transaction((use: MailLinkUse) => {
    const link = links.consumeChange.get({ ...use });
    if (!link) return undefined;
    const formerEmail = links.emailOf.get({ userId: link.userId })?.email ?? "";
    const user = links.changeEmail.get({ ...link, now: use.now });
    links.removeAll.run({ userId: link.userId });
    return user && { user, formerEmail };
  });
  const consumeReset = client.transaction((use: Parameters<MailStore["consumeResetLink"]>[0]) => {
    const link = links.consume.get({ ...use, kind: "reset_password" });
    if (!link) return undefined;
    const { userId } = link;
    const user = links.setPassword.get({ ...use, userId });
    ends.revokeAll.run({ userId, now: use.now, reason: "password_changed" });
    links.removeAll.run({ userId });
    return user;
  });
  const deleteUser = client.transaction((end: { userId: string }) => {
    // What hangs on the row goes with it; the timeline hangs on nothing.
    if (links.removeUser.run(end).changes === 0) return links.emailOf.get(end) ? "last_admin" : "unchanged";
    links.removeTimeline.run(end);
    return "done";
  });

  return {
    putMailLink: (link) => run(() => links.put.run({ ...link }).changes === 1),
    findMailLink: (query) => run(() => links.find.get({ ...query })),
    consumeVerifyLink: (use) => run(() => consumeVerify.immediate(use)),
    consumeChangeLink: (use) => run(() => consumeChange.immediate(use)),
    consumeResetLink: (use) => run(() => consumeReset.immediate(use)),
    ...createSqliteRegistrationLinks(connection),
    deleteUser: (end) => run(() => deleteUser.immediate(end)),
    orderMail: (order, limit) =>
      run(() => {
        const row = { ...order, attempts: 0, dueAt: order.orderedAt };
        return (limit ? mails.orderWithin.run({ ...row, ...limit }) : mails.order.run(row)).changes === 1;
      }),
    claimMail: async (claim) => {
      // Looked at twice a second for as long as the app runs: without anything due, no lock is taken.
      if (!(await look(() => mails.due.get({ now: claim.now })))) return undefined;
      return run(() => mails.claim.get({ ...claim }));
    },
    settleMail: (settled) => run(() => void mails.settle.run({ ...settled })),
    recallMail: async ({ now, waitsMs, longestLeaseMs }) => {
      const given = { now, longestLeaseMs, waitsMs: JSON.stringify(waitsMs) };
      // As a rule there is nothing, and then no lock is taken.
      if (await look(() => mails.orderedAhead.get(given))) await run(() => mails.removeOrderedAhead.run(given));
      if (!(await look(() => mails.dueAhead.get(given)))) return 0;
      return run(() => mails.recall.run(given).changes);
    },
    removeSettledMail: ({ before }) => run(() => mails.removeSettled.run({ before }).changes),
  };
}

function prepareLinkStatements(orm: Orm) {
  const ofUser = eq(users.id, given("userId"));
  const isThis = and(
    eq(mailLinks.secretHash, given("secretHash")),
    eq(mailLinks.kind, given("kind")),
    gt(mailLinks.expiresAt, given("now")),
  );
  const isThisChange = and(
    eq(mailLinks.secretHash, given("secretHash")),
    eq(mailLinks.kind, "change_email"),
    gt(mailLinks.expiresAt, given("now")),
  );
  const set = (values: Partial<Record<keyof typeof users.$inferInsert, SQL>>) =>
    orm.update(users).set(values).where(ofUser).returning(userColumns).prepare();
  return {
    put: orm
      .insert(mailLinks)
      .select(linkOfCurrentUser())
      .onConflictDoUpdate({ target: [mailLinks.userId, mailLinks.kind], set: asExcluded() })
      .prepare(),
    find: orm
      .select(userColumns)
      .from(mailLinks)
      .innerJoin(users, eq(users.id, mailLinks.userId))
      .where(and(isThis, hasCurrentUser(orm)))
      .prepare(),
    consume: orm
      .delete(mailLinks)
      .where(and(isThis, hasCurrentUser(orm)))
      .returning({ userId: mailLinks.userId })
      .prepare(),
    consumeChange: orm
      .delete(mailLinks)
      .where(and(isThisChange, hasCurrentUser(orm), isAddressFree(orm)))
      .returning({ userId: mailLinks.userId, newEmail: mailLinks.newEmail, newEmailKey: mailLinks.newEmailKey })
      .prepare(),
    emailOf: orm.select({ email: users.email }).from(users).where(ofUser).prepare(),
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
    removeAll: orm
      .delete(mailLinks)
      .where(eq(mailLinks.userId, given("userId")))
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

function isAddressFree(orm: Orm): SQL {
  const holder = alias(users, "holder");
  return notExists(orm.select({ one: sql`1` }).from(holder).where(eq(holder.emailKey, mailLinks.newEmailKey)));
}

/** The new link's row, as a SELECT that is empty unless the user is active and still has that address and password. */
function linkOfCurrentUser(): SQL {
  const row = sql.join(Object.values(allGiven(mailLinks)), sql`, `);
  const current = and(
    eq(users.id, given("userId")),
    isNull(users.disabledAt),
    eq(users.credentialVersion, given("credentialVersion")),
    eq(users.emailKey, given("emailKey")),
  );
  return sql`select ${row} from ${users} where ${current}`;
}

function asExcluded() {
  const excluded = (column: { name: string }): SQL => sql.raw(`excluded."${column.name}"`);
  return {
    secretHash: excluded(mailLinks.secretHash),
    emailKey: excluded(mailLinks.emailKey),
    credentialVersion: excluded(mailLinks.credentialVersion),
    newEmail: excluded(mailLinks.newEmail),
    newEmailKey: excluded(mailLinks.newEmailKey),
    expiresAt: excluded(mailLinks.expiresAt),
  };
}

function prepareOutboxStatements(orm: Orm) {
  const isDue = and(isNotNull(outbox.dueAt), lte(outbox.dueAt, given("now")));
  const isOrderedAhead = and(isNull(outbox.dueAt), gt(outbox.orderedAt, given("now")));
  const isDueAhead = and(
    isNotNull(outbox.dueAt),
    gt(outbox.dueAt, given("now")),
    sql`${outbox.dueAt} > ${given("now")} + coalesce(json_extract(${given("waitsMs")}, '$[' || ${outbox.attempts} || ']'), ${given("longestLeaseMs")})`,
  );
  const first = orm.select({ id: outbox.id }).from(outbox).where(isDue).orderBy(asc(outbox.dueAt)).limit(1);
  const claimed = {
    id: outbox.id,
    kind: outbox.kind,
    userId: outbox.userId,
    address: outbox.address,
    addressKey: outbox.addressKey,
    orderedAt: outbox.orderedAt,
    userAgent: outbox.userAgent,
    ipAddress: outbox.ipAddress,
    attempts: outbox.attempts,
  };
  return {
    order: orm.insert(outbox).values(allGiven(outbox)).prepare(),
    orderWithin: orm.insert(outbox).select(orderWithinLimit()).prepare(),
    due: first.prepare(),
    claim: orm
      .update(outbox)
      .set({ dueAt: value("leaseUntil"), attempts: sql`${outbox.attempts} + 1` })
      .where(sql`${outbox.id} = (${first})`)
      .returning(claimed)
      .prepare(),
    settle: orm
      .update(outbox)
      .set({ dueAt: value("dueAt") })
      .where(and(eq(outbox.id, given("id")), eq(outbox.attempts, given("attempts"))))
      .prepare(),
    orderedAhead: orm.select({ id: outbox.id }).from(outbox).where(isOrderedAhead).limit(1).prepare(),
    removeOrderedAhead: orm.delete(outbox).where(isOrderedAhead).prepare(),
    dueAhead: orm.select({ id: outbox.id }).from(outbox).where(isDueAhead).limit(1).prepare(),
    recall: orm
      .update(outbox)
      .set({ dueAt: value("now") })
      .where(isDueAhead)
      .prepare(),
    removeSettled: orm
      .delete(outbox)
      .where(and(isNull(outbox.dueAt), lt(outbox.orderedAt, given("before"))))
      .prepare(),
  };
}

/** The new order's row, as a SELECT that is empty when as many were ordered to that address as may be (fault case P14). */
function orderWithinLimit(): SQL {
  const row = sql.join(Object.values(allGiven(outbox)), sql`, `);
  const ofAddress = and(
    eq(outbox.addressKey, given("addressKey")),
    gt(outbox.orderedAt, given("since")),
    lte(outbox.orderedAt, given("orderedAt")),
  );
  return sql`select ${row} where (select count(*) from ${outbox} where ${ofAddress}) < ${given("atMost")}`;
}
