import type { AuditEntry } from "@watchword/auth/core";
import { and, desc, eq, isNull, lte, type SQL, sql } from "drizzle-orm";
import { timeline } from "../schema.ts";
import { given, type Orm } from "./placeholders.ts";

/** How many entries of one kind are kept; see `AuditStore`. */
const keptOfSession = 50;
const keptOfUser = 200;

export type AppendAuditEntry = (entry: AuditEntry) => void;

/**
 * Writes an entry and removes the ones that it pushes out. A kind of entry is its event and its detail: what can be caused from
 * outside, such as wrong passwords, must not push out what matters. Runs in the transaction of what the entry reports.
 */
export function prepareAuditAppend(orm: Orm): AppendAuditEntry {
  const ofKind = and(eq(timeline.event, given("event")), sql`${timeline.detail} is ${given("detail")}`);
  const ofSession = and(eq(timeline.sessionId, given("sessionId")), ofKind);
  const ofUser = and(eq(timeline.userId, given("userId")), isNull(timeline.sessionId), ofKind);
  const insert = orm.insert(timeline).values(entryColumns()).prepare();
  const trimSession = orm
    .delete(timeline)
    .where(and(ofSession, beyond(orm, ofSession, keptOfSession)))
    .prepare();
  const trimUser = orm
    .delete(timeline)
    .where(and(ofUser, beyond(orm, ofUser, keptOfUser)))
    .prepare();
  return (entry) => {
    insert.run({ ...entry });
    (entry.sessionId === null ? trimUser : trimSession).run({ ...entry });
  };
}

function entryColumns() {
  return {
    at: given("at"),
    event: given("event"),
    outcome: given("outcome"),
    userId: given("userId"),
    sessionId: given("sessionId"),
    actorId: given("actorId"),
    detail: given("detail"),
    userAgent: given("userAgent"),
    ipAddress: given("ipAddress"),
  };
}

/** The entry is older than the newest that many. */
function beyond(orm: Orm, kind: SQL | undefined, kept: number): SQL {
  const oldestKept = orm.select({ seq: timeline.seq }).from(timeline).where(kind).orderBy(desc(timeline.seq));
  return lte(timeline.seq, sql`(${oldestKept.limit(1).offset(kept)})`);
}
