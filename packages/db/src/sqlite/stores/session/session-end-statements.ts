import { and, eq, gt, inArray, isNull, ne, type SQL, sql } from "drizzle-orm";
import { sessions } from "../../schema.ts";
import { given, type Orm, value } from "../placeholders.ts";
import { stepUp } from "./session-statements.ts";

/** What ends sessions: one alone, or those of a user in the transaction of the cause. The first reason stays. */
export function prepareEndStatements(orm: Orm) {
  const ended = { id: sessions.id, userId: sessions.userId };
  const end = () => orm.update(sessions).set({ revokedAt: value("now"), revokedReason: value("reason") });
  const living = and(eq(sessions.userId, given("userId")), isNull(sessions.revokedAt));
  return {
    revokeOne: end()
      .where(and(eq(sessions.id, given("sessionId")), isNull(sessions.revokedAt)))
      .returning(ended)
      .prepare(),
    revokeOwn: end()
      .where(and(eq(sessions.id, given("sessionId")), living))
      .returning(ended)
      .prepare(),
    /** Those that began first, of the living ones beyond that many. */
    revokeBeyond: end().where(inArray(sessions.id, beyondQuota())).returning(ended).prepare(),
    /** Adds one, as on the user, instead of copying the user's: a session that was behind stays behind, so dead. */
    keepSession: orm
      .update(sessions)
      .set({ credentialVersion: sql`${sessions.credentialVersion} + 1`, ...stepUp })
      .where(and(eq(sessions.id, given("keepSessionId")), eq(sessions.userId, given("userId"))))
      .prepare(),
    revokeOthers: end()
      .where(and(living, ne(sessions.id, given("keepSessionId"))))
      .returning(ended)
      .prepare(),
    revokeAll: end().where(living).returning(ended).prepare(),
  };
}

/**
 * Ids of version 7 are in the order of time, and settle what began in the same millisecond. The new one comes first, whatever a
 * clock of the future wrote into the others: otherwise it would be the one to end.
 */
function beyondQuota(): SQL {
  const alive = and(
    eq(sessions.userId, given("userId")),
    isNull(sessions.revokedAt),
    gt(sessions.expiresAt, given("now")),
    gt(sessions.rotatedAt, given("idleSince")),
  );
  // By hand: drizzle leaves out the limit without which SQLite takes no offset.
  return sql`(
    select ${sessions.id} from ${sessions} where ${alive}
    order by ${sessions.id} = ${given("addedId")} desc, min(${sessions.createdAt}, ${given("now")}) desc, ${sessions.id} desc
    limit -1 offset ${given("atMost")}
  )`;
}
