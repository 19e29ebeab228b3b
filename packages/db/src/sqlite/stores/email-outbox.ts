import type { EmailStore, EnqueueOutcome, OutboxEmail } from "@watchword/auth/core";
import { and, asc, eq, exists, gt, isNotNull, isNull, lt, lte, or, type SQL, sql } from "drizzle-orm";
import type { SqliteConnection } from "../connection/connection.ts";
import { outbox, sessions, users } from "../schema.ts";
import { settled } from "./email-voiding.ts";
import { allGiven } from "./statements.ts";

const given = (name: string) => sql.placeholder(name);
const value = (name: string): SQL => sql`${sql.placeholder(name)}`;

type Orm = SqliteConnection["orm"];
type Outbox = Pick<EmailStore, "enqueueEmail" | "claimEmail" | "settleEmail" | "recallEmails" | "removeSettledEmails">;

/** The mails that wait, in SQLite, and for an hour those that were settled. */
export function createSqliteOutbox({ client, orm, run, look }: SqliteConnection): Outbox {
  const mails = prepareOutboxStatements(orm);
  const orderBound = client.transaction((order: OutboxEmail, limit = unlimited): EnqueueOutcome => {
    if (!mails.bindingHolds.get({ ...order })) return "void";
    return mails.orderWithin.run({ ...rowOf(order), ...limit }).changes === 1 ? "ordered" : "limited";
  });
  return {
    enqueueEmail: (order, limit) =>
      run(() => {
        if (isBound(order)) return orderBound.immediate(order, limit);
        const added = limit ? mails.orderWithin.run({ ...rowOf(order), ...limit }) : mails.order.run(rowOf(order));
        return added.changes === 1 ? "ordered" : "limited";
      }),
    claimEmail: async (claim) => {
      // Looked at twice a second for as long as the app runs: without anything due, no lock is taken.
      if (!(await look(() => mails.due.get({ now: claim.now })))) return undefined;
      return run(() => mails.claim.get({ ...claim }));
    },
    settleEmail: ({ dueAt, ...claim }) =>
      run(() => void (dueAt === null ? mails.settle.run(claim) : mails.putOff.run({ ...claim, dueAt }))),
    recallEmails: async ({ now, waitsMs, longestLeaseMs }) => {
      const given = { now, longestLeaseMs, waitsMs: JSON.stringify(waitsMs) };
      // As a rule there is nothing, and then no lock is taken.
      if (await look(() => mails.orderedAhead.get(given))) await run(() => mails.removeOrderedAhead.run(given));
      if (!(await look(() => mails.dueAhead.get(given)))) return 0;
      return run(() => mails.recall.run(given).changes);
    },
    removeSettledEmails: ({ before }) => run(() => mails.removeSettled.run({ before }).changes),
  };
}

const unlimited = { atMost: Number.MAX_SAFE_INTEGER, since: 0 };

function isBound({ boundEmailKey, boundCredentialVersion, boundSessionId }: OutboxEmail): boolean {
  return boundEmailKey !== null || boundCredentialVersion !== null || boundSessionId !== null;
}

function rowOf(order: OutboxEmail) {
  return { ...order, attempts: 0, dueAt: order.orderedAt };
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
  // Settled for good is settled for good: what ended an order meanwhile is not undone by whoever has it in hand.
  const isClaim = and(eq(outbox.id, given("id")), eq(outbox.attempts, given("attempts")), isNotNull(outbox.dueAt));
  const claimed = {
    id: outbox.id,
    kind: outbox.kind,
    userId: outbox.userId,
    address: outbox.address,
    addressKey: outbox.addressKey,
    boundEmailKey: outbox.boundEmailKey,
    boundCredentialVersion: outbox.boundCredentialVersion,
    boundSessionId: outbox.boundSessionId,
    orderedAt: outbox.orderedAt,
    userAgent: outbox.userAgent,
    ipAddress: outbox.ipAddress,
    attempts: outbox.attempts,
  };
  return {
    order: orm.insert(outbox).values(allGiven(outbox)).prepare(),
    orderWithin: orm.insert(outbox).select(orderWithinLimit()).prepare(),
    bindingHolds: orm.select({ id: users.id }).from(users).where(bindingHolds(orm)).prepare(),
    due: first.prepare(),
    claim: orm
      .update(outbox)
      .set({ dueAt: value("leaseUntil"), attempts: sql`${outbox.attempts} + 1` })
      .where(sql`${outbox.id} = (${first})`)
      .returning(claimed)
      .prepare(),
    settle: orm.update(outbox).set(settled).where(isClaim).prepare(),
    putOff: orm
      .update(outbox)
      .set({ dueAt: value("dueAt") })
      .where(isClaim)
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

/**
 * The new order's row, as a SELECT that is empty when as many were ordered to that address as may be (fault case P14). What was
 * ordered in the future was so by a clock that was wrong, and limits nobody.
 */
function orderWithinLimit(): SQL {
  const row = sql.join(Object.values(allGiven(outbox)), sql`, `);
  const ofAddress = and(
    eq(outbox.addressKey, given("addressKey")),
    gt(outbox.orderedAt, given("since")),
    lte(outbox.orderedAt, given("orderedAt")),
  );
  return sql`select ${row} where (select count(*) from ${outbox} where ${ofAddress}) < ${given("atMost")}`;
}

/** The order's user is active and has the address and the password that it is bound to, and its session is not revoked. */
function bindingHolds(orm: Orm): SQL | undefined {
  const isLiving = and(
    eq(sessions.id, given("boundSessionId")),
    eq(sessions.userId, given("userId")),
    isNull(sessions.revokedAt),
  );
  return and(
    eq(users.id, given("userId")),
    isNull(users.disabledAt),
    eq(users.emailKey, given("boundEmailKey")),
    eq(users.credentialVersion, given("boundCredentialVersion")),
    or(sql`${given("boundSessionId")} is null`, exists(orm.select({ one: sql`1` }).from(sessions).where(isLiving))),
  );
}
