import { emailLinkKinds } from "@watchword/auth/core";
import { and, eq, inArray, isNotNull } from "drizzle-orm";
import { mailLinks, outbox } from "../../schema.ts";
import { given, type Orm } from "../placeholders.ts";

/** What of a settled email is removed: its addressee. Its row counts towards the limit for the rest of the hour. */
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

export type EmailVoiding = ReturnType<typeof prepareEmailVoiding>;

/**
 * Voids what was requested by email and has a link: the emails that wait, and the links that were sent. Each runs in the
 * transaction of what voids it; which those are stands in `EmailStore`.
 */
export function prepareEmailVoiding(orm: Orm) {
  const waits = and(isNotNull(outbox.dueAt), eq(outbox.userId, given("userId")));
  const settle = () => orm.update(outbox).set(settled);
  const emailsOfUser = settle()
    .where(and(waits, inArray(outbox.kind, emailLinkKinds)))
    .prepare();
  const emailsOfSession = settle()
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
    voidOfUser(userId: string): void {
      emailsOfUser.run({ userId });
      linksOfUser.run({ userId });
    },
    voidOfSessions(sessions: ReadonlyArray<{ id: string; userId: string }>): void {
      for (const { id: sessionId, userId } of sessions) {
        emailsOfSession.run({ userId, sessionId });
        linksOfSession.run({ userId, sessionId });
      }
    },
  };
}
