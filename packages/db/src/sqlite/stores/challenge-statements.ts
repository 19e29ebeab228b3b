import { and, asc, eq, exists, gt, inArray, isNull, lte, ne, or, type SQL, sql } from "drizzle-orm";
import { challenges, credentials, sessions, users } from "../schema.ts";
import { allGiven, given, type Orm, value } from "./placeholders.ts";

export type ChallengeStatements = ReturnType<typeof prepareChallengeStatements>;

export function prepareChallengeStatements(orm: Orm) {
  const { expiresAt, id, network, triesLeft, userId } = challenges;
  const isAnswerable = and(isCurrent(orm), gt(triesLeft, 0));
  const removeOthers = (those: SQL | undefined) =>
    orm
      .delete(challenges)
      .where(and(those, ne(id, given("id"))))
      .prepare();
  return {
    insert: orm.insert(challenges).select(challengeOfCurrentUser(orm)).prepare(),
    removeExpiredOf: removeOthers(and(eq(userId, given("userId")), lte(expiresAt, given("now")))),
    removeExpiredIn: removeOthers(and(eq(network, given("network")), lte(expiresAt, given("now")))),
    removeBeyondOf: removeOthers(inArray(id, beyond(userId, "userId", "perUser"))),
    removeBeyondIn: removeOthers(inArray(id, beyond(network, "network", "perNetwork"))),
    find: orm.select().from(challenges).where(isAnswerable).prepare(),
    takeTry: orm
      .update(challenges)
      .set({ triesLeft: sql`${triesLeft} - 1` })
      .where(isAnswerable)
      .returning()
      .prepare(),
    setData: orm
      .update(challenges)
      .set({ data: value("data") })
      .where(isAnswerable)
      .prepare(),
    /** An end of that instant or before, so that an idle cleanup takes no lock. */
    anyExpired: orm
      .select({ id })
      .from(challenges)
      .where(lte(expiresAt, given("before")))
      .limit(1)
      .prepare(),
    removeExpired: orm
      .delete(challenges)
      .where(
        inArray(
          id,
          orm
            .select({ id })
            .from(challenges)
            .where(lte(expiresAt, given("before")))
            .orderBy(asc(expiresAt))
            .limit(given("limit")),
        ),
      )
      .prepare(),
  };
}

/** What a session or a step-up consumes. A challenge and a credential of another user prove nothing. */
export function prepareEvidenceStatements(orm: Orm) {
  const isUsed = and(eq(credentials.id, given("id")), eq(credentials.userId, given("userId")));
  return {
    mayConsume: orm
      .select({ id: challenges.id })
      .from(challenges)
      .where(and(isCurrent(orm), eq(challenges.userId, given("userId"))))
      .prepare(),
    consume: orm
      .delete(challenges)
      .where(eq(challenges.id, given("id")))
      .prepare(),
    versionOf: orm.select({ version: credentials.version }).from(credentials).where(isUsed).prepare(),
    noteUse: orm
      .update(credentials)
      .set({ lastUsedAt: value("now") })
      .where(isUsed)
      .prepare(),
    noteUseWithData: orm
      .update(credentials)
      .set({ lastUsedAt: value("now"), data: value("data"), version: sql`${credentials.version} + 1` })
      .where(and(isUsed, eq(credentials.version, given("version"))))
      .prepare(),
  };
}

/**
 * The challenge of that id and secret while it is valid. Without the tries: what consumes a challenge has taken its try already,
 * perhaps the last.
 */
function isCurrent(orm: Orm): SQL | undefined {
  const owner = and(
    eq(users.id, challenges.userId),
    isNull(users.disabledAt),
    eq(users.credentialVersion, challenges.credentialVersion),
  );
  const living = and(eq(sessions.id, challenges.sessionId), isNull(sessions.revokedAt));
  return and(
    eq(challenges.id, given("id")),
    eq(challenges.secretHash, given("secretHash")),
    gt(challenges.expiresAt, given("now")),
    exists(orm.select({ one: sql`1` }).from(users).where(owner)),
    or(isNull(challenges.sessionId), exists(orm.select({ one: sql`1` }).from(sessions).where(living))),
  );
}

/**
 * The new challenge's row, as a SELECT that is empty unless the user is active and has the credential version given, and the
 * session is there, where one is given: cleanup may have removed it since.
 */
function challengeOfCurrentUser(orm: Orm): SQL {
  const row = sql.join(Object.values(allGiven(challenges)), sql`, `);
  const session = orm
    .select({ one: sql`1` })
    .from(sessions)
    .where(eq(sessions.id, given("sessionId")));
  const current = and(
    eq(users.id, given("userId")),
    isNull(users.disabledAt),
    eq(users.credentialVersion, given("credentialVersion")),
    or(sql`${given("sessionId")} is null`, exists(session)),
  );
  return sql`select ${row} from ${users} where ${current}`;
}

/**
 * The oldest beyond the quota. The new one comes first, whatever a clock of the future wrote into the others: otherwise it would
 * be the one to go. Ids of version 7 settle what began in the same millisecond.
 */
function beyond(column: typeof challenges.userId | typeof challenges.network, name: string, atMost: string): SQL {
  // By hand: drizzle leaves out the limit without which SQLite takes no offset.
  return sql`(
    select ${challenges.id} from ${challenges} where ${column} = ${given(name)}
    order by ${challenges.id} = ${given("id")} desc, ${challenges.createdAt} desc, ${challenges.id} desc
    limit -1 offset ${given(atMost)}
  )`;
}
