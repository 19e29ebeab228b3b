import type { AuditStore } from "@watchword/auth/core";
import { and, desc, eq, lt, ne, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { SqliteConnection } from "../connection/connection.ts";
import { timeline } from "../schema.ts";
import { prepareAuditAppend } from "./audit-append.ts";
import { given, type Orm } from "./placeholders.ts";

/** Greater than every `seq` there will ever be: "from the newest on", without a statement of its own. */
const fromTheNewest = Number.MAX_SAFE_INTEGER;

/**
 * The audit log in SQLite. The entries of sessions that begin and end are written by `session-log.ts`, in the transaction of the
 * cause. Both lists read by an index whose entries stand in the order of `seq`.
 */
export function createSqliteAuditStore({ orm, read, write }: SqliteConnection): AuditStore {
  const { ofUser, ofSession, devices } = prepareAuditStatements(orm);
  const append = prepareAuditAppend(orm);
  return {
    appendAuditEntry: (entry) => write(() => append(entry)),
    listAuditEntries: ({ userId, sessionId, events, beforeSeq = fromTheNewest, limit }) => {
      const page = { userId, events: events ? JSON.stringify(events) : null, beforeSeq, limit };
      return read(() => (sessionId === undefined ? ofUser.all(page) : ofSession.all({ ...page, sessionId })));
    },
    listDevices: (query) => read(() => devices.all({ ...query }).map(({ userAgent }) => userAgent)),
  };
}

function prepareAuditStatements(orm: Orm) {
  const beginning = alias(timeline, "beginning");
  const sessionUserAgent = orm
    .select({ userAgent: beginning.userAgent })
    .from(beginning)
    .where(and(eq(beginning.sessionId, timeline.sessionId), eq(beginning.event, "session_created")))
    .limit(1);
  const columns = {
    seq: timeline.seq,
    at: timeline.at,
    event: timeline.event,
    outcome: timeline.outcome,
    userId: timeline.userId,
    sessionId: timeline.sessionId,
    actorId: timeline.actorId,
    detail: timeline.detail,
    userAgent: timeline.userAgent,
    ipAddress: timeline.ipAddress,
    sessionUserAgent: sql<string | null>`(${sessionUserAgent})`,
  };
  const events = given("events");
  const page = and(
    eq(timeline.userId, given("userId")),
    lt(timeline.seq, given("beforeSeq")),
    sql`(${events} is null or ${timeline.event} in (select value from json_each(${events})))`,
  );
  const list = () => orm.select(columns).from(timeline);
  return {
    devices: orm
      .selectDistinct({ userAgent: timeline.userAgent })
      .from(timeline)
      .where(
        and(
          eq(timeline.userId, given("userId")),
          eq(timeline.event, "session_created"),
          ne(timeline.sessionId, given("exceptSessionId")),
        ),
      )
      .prepare(),
    ofUser: list().where(page).orderBy(desc(timeline.seq)).limit(given("limit")).prepare(),
    ofSession: list()
      .where(and(eq(timeline.sessionId, given("sessionId")), page))
      .orderBy(desc(timeline.seq))
      .limit(given("limit"))
      .prepare(),
  };
}
