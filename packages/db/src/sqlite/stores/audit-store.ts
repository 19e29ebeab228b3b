import type { AuditStore } from "@watchword/auth/core";
import { and, desc, eq, lt, ne, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { SqliteConnection } from "../connection/connection.ts";
import { timeline } from "../schema.ts";

/** Greater than every `seq` there will ever be: "from the newest on", without a statement of its own. */
const fromTheNewest = Number.MAX_SAFE_INTEGER;

/**
 * The timeline in SQLite. What sessions begin and end with is not written here but by triggers, in the transaction of the
 * cause; so is the trimming. Both lists read by an index whose entries stand in the order of `seq`.
 */
export function createSqliteTimeline({ orm, run }: SqliteConnection): AuditStore {
  const { append, ofUser, ofSession, devices } = prepareTimelineStatements(orm);
  return {
    appendAuditEntry: (entry) => run(() => void append.run({ ...entry })),
    listAuditEntries: ({ userId, sessionId, beforeSeq = fromTheNewest, limit }) =>
      run(() =>
        sessionId === undefined
          ? ofUser.all({ userId, beforeSeq, limit })
          : ofSession.all({ userId, sessionId, beforeSeq, limit }),
      ),
    listDevices: (query) => run(() => devices.all({ ...query }).map(({ userAgent }) => userAgent)),
  };
}

function prepareTimelineStatements(orm: SqliteConnection["orm"]) {
  const given = (name: string) => sql.placeholder(name);
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
  const page = and(eq(timeline.userId, given("userId")), lt(timeline.seq, given("beforeSeq")));
  const list = () => orm.select(columns).from(timeline);
  return {
    append: orm
      .insert(timeline)
      .values({
        at: given("at"),
        event: given("event"),
        outcome: given("outcome"),
        userId: given("userId"),
        sessionId: given("sessionId"),
        actorId: given("actorId"),
        detail: given("detail"),
        userAgent: given("userAgent"),
        ipAddress: given("ipAddress"),
      })
      .prepare(),
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
