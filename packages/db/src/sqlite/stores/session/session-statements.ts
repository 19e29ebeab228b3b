import { and, eq, exists, getTableColumns, gt, isNull, type SQL, sql } from "drizzle-orm";
import { sessions, users } from "../../schema.ts";
import { userColumns } from "../account-statements.ts";
import { allGiven, given, type Orm, value } from "../placeholders.ts";

/** A credential has just been proven. */
export const stepUp = {
  authenticatedAt: value("now"),
  stepUpHash: value("stepUpHash"),
  stepUpAt: value("now"),
  stepUpMethods: sql`${sql.param(given("methods"), sessions.stepUpMethods)}`,
};

export type SessionStatements = ReturnType<typeof prepareSessionStatements>;

export function prepareSessionStatements(orm: Orm) {
  const successor = {
    nextHash: value("nextHash"),
    salt: value("salt"),
    rotatedAt: value("now"),
    lastSeenAt: value("now"),
  };
  const columns = { session: getTableColumns(sessions), user: userColumns };
  const withUser = eq(users.id, sessions.userId);
  return {
    insertSession: orm.insert(sessions).values(allGiven(sessions)).prepare(),
    sessionsOfUser: orm
      .select(columns)
      .from(sessions)
      .innerJoin(users, withUser)
      .where(and(eq(sessions.userId, given("userId")), isNull(sessions.revokedAt)))
      .prepare(),
    rotate: orm
      .update(sessions)
      .set({ ...successor, lastUsedHash: sql`${sessions.nextHash}`, generation: sql`${sessions.generation} + 1` })
      .where(mayChange(orm))
      .prepare(),
    reissue: orm.update(sessions).set(successor).where(mayChange(orm)).prepare(),
    /** Whose session it is, while it may step up. */
    mayStepUp: orm.select({ userId: sessions.userId }).from(sessions).where(mayStepUp(orm)).prepare(),
    recordStepUp: orm
      .update(sessions)
      .set(stepUp)
      .where(eq(sessions.id, given("sessionId")))
      .prepare(),
    /** One row while the user of a new session is active and has its credential version. */
    currentUser: orm.select({ id: users.id }).from(users).where(isCurrentUser()).prepare(),
  };
}

/**
 * The condition of a refresh's one write (rows 1 and 2b of the decision table). The row was judged a moment ago; every
 * term says again what that judgement rested on, because meanwhile anything may have happened.
 */
function mayChange(orm: Orm): SQL | undefined {
  return and(
    eq(sessions.id, given("sessionId")),
    eq(sessions.nextHash, given("expectedNextHash")),
    eq(sessions.generation, given("expectedGeneration")),
    isNull(sessions.revokedAt),
    gt(sessions.expiresAt, given("now")),
    gt(sessions.rotatedAt, given("idleSince")),
    hasCurrentUser(orm),
  );
}

function mayStepUp(orm: Orm): SQL | undefined {
  return and(
    eq(sessions.id, given("sessionId")),
    eq(sessions.credentialVersion, given("credentialVersion")),
    isNull(sessions.revokedAt),
    gt(sessions.expiresAt, given("now")),
    hasCurrentUser(orm),
  );
}

/** The session's user is active, and their password is still the one that the session was begun with or has heard of. */
function hasCurrentUser(orm: Orm): SQL {
  const current = and(
    eq(users.id, sessions.userId),
    isNull(users.disabledAt),
    eq(users.credentialVersion, sessions.credentialVersion),
  );
  return exists(orm.select({ one: sql`1` }).from(users).where(current));
}

/** The user of a new session is active and has the credential version given. */
function isCurrentUser(): SQL | undefined {
  return and(
    eq(users.id, given("userId")),
    isNull(users.disabledAt),
    eq(users.credentialVersion, given("credentialVersion")),
  );
}
