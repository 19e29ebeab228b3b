import type { EmailStore, EnqueueOutcome, OutboxEmail } from "@watchword/auth/core";
import { and, asc, eq, exists, getTableColumns, gt, isNotNull, isNull, lt, lte, or, type SQL, sql } from "drizzle-orm";
import type { SqliteConnection } from "../../connection/connection.ts";
import { outbox, sessions, users } from "../../schema.ts";
import { allGiven, given, type Orm, value } from "../placeholders.ts";
import { settled } from "./email-voiding.ts";

type Outbox = Pick<EmailStore, "enqueueEmail" | "claimEmail" | "settleEmail" | "recallEmails" | "removeSettledEmails">;

/** The emails that wait, in SQLite, and for an hour those that were settled. */
export function createSqliteOutbox({ orm, read, write }: SqliteConnection): Outbox {
  const enqueued = prepareEnqueueStatements(orm);
  const claimed = prepareClaimStatements(orm);
  const recalled = prepareRecallStatements(orm);
  const enqueueBound = (email: OutboxEmail, limit = unlimited): EnqueueOutcome => {
    if (!enqueued.bindingHolds.get({ ...email })) return "void";
    return enqueued.addWithin.run({ ...rowOf(email), ...limit }).changes === 1 ? "ordered" : "limited";
  };
  return {
    enqueueEmail: (email, limit) =>
      write(() => {
        if (isBound(email)) return enqueueBound(email, limit);
        const row = rowOf(email);
        const added = limit ? enqueued.addWithin.run({ ...row, ...limit }) : enqueued.add.run(row);
        return added.changes === 1 ? "ordered" : "limited";
      }),
    claimEmail: async (claim) => {
      // Asked twice a second for as long as the app runs: without anything due, no lock is taken.
      if (!(await read(() => claimed.due.get({ now: claim.now })))) return undefined;
      return write(() => claimed.claim.get({ ...claim }));
    },
    settleEmail: ({ dueAt, ...claim }) =>
      write(() => void (dueAt === null ? claimed.settle.run(claim) : claimed.postpone.run({ ...claim, dueAt }))),
    recallEmails: async ({ now, waitsMs, longestLeaseMs }) => {
      const query = { now, longestLeaseMs, waitsMs: JSON.stringify(waitsMs) };
      // As a rule there is nothing, and then no lock is taken.
      if (await read(() => recalled.enqueuedAhead.get(query)))
        await write(() => recalled.removeEnqueuedAhead.run(query));
      if (!(await read(() => recalled.dueAhead.get(query)))) return 0;
      return write(() => recalled.recall.run(query).changes);
    },
    removeSettledEmails: ({ before }) => write(() => claimed.removeSettled.run({ before }).changes),
  };
}

const unlimited = { atMost: Number.MAX_SAFE_INTEGER, since: 0 };

function isBound({ boundEmailKey, boundCredentialVersion, boundSessionId }: OutboxEmail): boolean {
  return boundEmailKey !== null || boundCredentialVersion !== null || boundSessionId !== null;
}

function rowOf(email: OutboxEmail) {
  return { ...email, attempts: 0, dueAt: email.orderedAt };
}

function prepareEnqueueStatements(orm: Orm) {
  return {
    add: orm.insert(outbox).values(allGiven(outbox)).prepare(),
    addWithin: orm.insert(outbox).select(emailWithinLimit()).prepare(),
    bindingHolds: orm.select({ id: users.id }).from(users).where(bindingHolds(orm)).prepare(),
  };
}

function prepareClaimStatements(orm: Orm) {
  const isDue = and(isNotNull(outbox.dueAt), lte(outbox.dueAt, given("now")));
  const first = orm.select({ id: outbox.id }).from(outbox).where(isDue).orderBy(asc(outbox.dueAt)).limit(1);
  // Settled for good is settled for good: what voided an email meanwhile is not undone by the process that has claimed it.
  const isClaim = and(eq(outbox.id, given("id")), eq(outbox.attempts, given("attempts")), isNotNull(outbox.dueAt));
  const { dueAt: _dueAt, ...claimed } = getTableColumns(outbox);
  return {
    due: first.prepare(),
    claim: orm
      .update(outbox)
      .set({ dueAt: value("leaseUntil"), attempts: sql`${outbox.attempts} + 1` })
      .where(sql`${outbox.id} = (${first})`)
      .returning(claimed)
      .prepare(),
    settle: orm.update(outbox).set(settled).where(isClaim).prepare(),
    postpone: orm
      .update(outbox)
      .set({ dueAt: value("dueAt") })
      .where(isClaim)
      .prepare(),
    removeSettled: orm
      .delete(outbox)
      .where(and(isNull(outbox.dueAt), lt(outbox.orderedAt, given("before"))))
      .prepare(),
  };
}

function prepareRecallStatements(orm: Orm) {
  const isEnqueuedAhead = and(isNull(outbox.dueAt), gt(outbox.orderedAt, given("now")));
  const isDueAhead = and(
    isNotNull(outbox.dueAt),
    gt(outbox.dueAt, given("now")),
    sql`${outbox.dueAt} > ${given("now")} + coalesce(json_extract(${given("waitsMs")}, '$[' || ${outbox.attempts} || ']'), ${given("longestLeaseMs")})`,
  );
  return {
    enqueuedAhead: orm.select({ id: outbox.id }).from(outbox).where(isEnqueuedAhead).limit(1).prepare(),
    removeEnqueuedAhead: orm.delete(outbox).where(isEnqueuedAhead).prepare(),
    dueAhead: orm.select({ id: outbox.id }).from(outbox).where(isDueAhead).limit(1).prepare(),
    recall: orm
      .update(outbox)
      .set({ dueAt: value("now") })
      .where(isDueAhead)
      .prepare(),
  };
}

/**
 * The new email's row, as a SELECT that is empty when as many as allowed were enqueued to that address (fault case P14). What
 * was enqueued in the future was so by a clock that was wrong, and limits nothing.
 */
function emailWithinLimit(): SQL {
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
