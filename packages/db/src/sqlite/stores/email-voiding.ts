import { and, eq, inArray, isNotNull, sql } from "drizzle-orm";
import type { SqliteConnection } from "../connection/connection.ts";
import { mailLinks, outbox } from "../schema.ts";

const given = (name: string) => sql.placeholder(name);

/** What of a settled mail is kept no longer: whom it was for. Its row counts towards the limit for the rest of the hour. */
export const settled = {
  dueAt: null,
  userId: null,
  address: null,
  userAgent: null,
  ipAddress: null,
  boundEmailKey: null,
  boundCredentialVersion: null,
  boundSessionId: null,
};

export type OrderEnds = ReturnType<typeof prepareOrderEnds>;

/**
 * Ends what was ordered by mail and has a link: the orders that wait, and the links that were sent. Each runs in the
 * transaction of what ends it; which those are stands in `EmailStore`.
 */
export function prepareOrderEnds(orm: SqliteConnection["orm"]) {
  const waits = and(isNotNull(outbox.dueAt), eq(outbox.userId, given("userId")));
  const end = () => orm.update(outbox).set(settled);
  const ordersOfUser = end()
    .where(and(waits, inArray(outbox.kind, ["verify_email", "change_email", "reset_password"])))
    .prepare();
  const ordersOfSession = end()
    .where(and(waits, eq(outbox.boundSessionId, given("sessionId"))))
    .prepare();
  const linksOfUser = orm
    .delete(mailLinks)
    .where(eq(mailLinks.userId, given("userId")))
    .prepare();
  const linksOfSession = orm
    .delete(mailLinks)
    .where(and(eq(mailLinks.userId, given("userId")), eq(mailLinks.sessionId, given("sessionId"))))
    .prepare();
  return {
    endOfUser(userId: string): void {
      ordersOfUser.run({ userId });
      linksOfUser.run({ userId });
    },
    endOfSessions(sessions: ReadonlyArray<{ id: string; userId: string }>): void {
      for (const { id: sessionId, userId } of sessions) {
        ordersOfSession.run({ userId, sessionId });
        linksOfSession.run({ userId, sessionId });
      }
    },
  };
}
