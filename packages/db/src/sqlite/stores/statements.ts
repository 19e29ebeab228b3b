import {
  and,
  asc,
  eq,
  exists,
  getTableColumns,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  ne,
  type SQL,
  sql,
} from "drizzle-orm";
import type { BetterSQLite3Database } from "drizzle-orm/better-sqlite3";
import { alias, type SQLiteTable } from "drizzle-orm/sqlite-core";
import { sessions, users } from "../schema.ts";

/** What of a user leaves the store in a `User`: everything but the hash and the keys. */
export const userColumns = {
  id: users.id,
  username: users.username,
  email: users.email,
  name: users.name,
  createdAt: users.createdAt,
  disabledAt: users.disabledAt,
  credentialVersion: users.credentialVersion,
  role: users.role,
  claimsVersion: users.claimsVersion,
  emailVerifiedAt: users.emailVerifiedAt,
};

const given = (name: string) => sql.placeholder(name);
/** The same where drizzle's types want a value or SQL. Only for numbers, texts and octets, which need no encoding. */
const value = (name: string): SQL => sql`${sql.placeholder(name)}`;

/** The two digits of a bcrypt hash's cost: octet for octet the expression of the index `users_password_cost`. */
const costText = sql`substr("password_hash", instr("password_hash", '$2') + 4, 2)`;
const isBcrypt = sql`instr("password_hash", '$2') > 0`;
/** The password has just been given. */
const stepUp = { authenticatedAt: value("now"), stepUpHash: value("stepUpHash"), stepUpAt: value("now") };

export type UserStatements = ReturnType<typeof prepareUserStatements>;

/** Prepared once: building a query at each call costs eight times as much as running it. */
export function prepareUserStatements(orm: BetterSQLite3Database) {
  const credentials = () => orm.select({ user: userColumns, passwordHash: users.passwordHash }).from(users);
  return {
    insertUser: orm.insert(users).values(allGiven(users)).onConflictDoNothing().prepare(),
    credentialsById: credentials()
      .where(eq(users.id, given("id")))
      .prepare(),
    credentialsByUsername: credentials()
      .where(eq(users.usernameKey, given("key")))
      .prepare(),
    idBySkeleton: orm
      .select({ id: users.id })
      .from(users)
      .where(eq(users.usernameSkeleton, given("skeleton")))
      .prepare(),
    credentialsByEmail: credentials()
      .where(eq(users.emailKey, given("key")))
      .prepare(),
    highestCost: orm
      .select({ cost: sql<number>`cast(${costText} as integer)` })
      .from(users)
      .where(sql`${costText} between '04' and ${given("atMost")} and ${costText} glob '[01][0-9]' and ${isBcrypt}`)
      .orderBy(sql`${costText} desc`)
      .limit(1)
      .prepare(),
    upgradeHash: orm
      .update(users)
      .set({ passwordHash: value("to") })
      .where(and(eq(users.id, given("userId")), eq(users.passwordHash, given("from"))))
      .prepare(),
    changeHash: orm
      .update(users)
      .set({
        passwordHash: value("to"),
        credentialVersion: sql`${users.credentialVersion} + 1`,
        claimsVersion: sql`${users.claimsVersion} + 1`,
      })
      .where(and(eq(users.id, given("userId")), eq(users.passwordHash, given("from")), isNull(users.disabledAt)))
      .prepare(),
    changeName: orm
      .update(users)
      .set({ name: value("name"), claimsVersion: sql`${users.claimsVersion} + 1` })
      .where(and(eq(users.id, given("userId")), isNull(users.disabledAt)))
      .prepare(),
    disableUser: orm
      .update(users)
      .set({ disabledAt: value("now") })
      .where(and(eq(users.id, given("userId")), isNull(users.disabledAt), isNoLastAdmin(orm)))
      .prepare(),
    enableUser: orm
      .update(users)
      .set({ disabledAt: null })
      .where(and(eq(users.id, given("userId")), isNotNull(users.disabledAt)))
      .prepare(),
    setRole: orm
      .update(users)
      .set({ role: value("role"), claimsVersion: sql`${users.claimsVersion} + 1` })
      .where(
        and(
          eq(users.id, given("userId")),
          isNull(users.disabledAt),
          sql`${users.role} <> ${given("role")}`,
          isNoLastAdmin(orm),
        ),
      )
      .prepare(),
    usersByUsername: beginningOf(orm, users.usernameKey),
    usersByEmail: beginningOf(orm, users.emailKey),
  };
}

/** The role stands in the statement and not in a parameter: only so does SQLite take the index of administrators. */
export function isNoLastAdmin(orm: BetterSQLite3Database): SQL {
  const other = alias(users, "other");
  const another = and(sql`${other.role} = 'admin'`, isNull(other.disabledAt), ne(other.id, users.id));
  return sql`(${users.role} <> 'admin' or ${exists(orm.select({ one: sql`1` }).from(other).where(another))})`;
}

/** Everything between the beginning and the last text that begins so: a range of the column's index. */
function beginningOf(orm: BetterSQLite3Database, key: typeof users.usernameKey | typeof users.emailKey) {
  return orm
    .select({ ...userColumns, usernameKey: users.usernameKey })
    .from(users)
    .where(and(gte(key, given("prefix")), lt(key, sql`${given("prefix")} || char(1114111)`)))
    .orderBy(asc(key))
    .limit(given("limit"))
    .prepare();
}

export type SessionStatements = ReturnType<typeof prepareSessionStatements>;

export function prepareSessionStatements(orm: BetterSQLite3Database) {
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
    insertSessionIfCurrent: orm.insert(sessions).select(currentUserSession()).prepare(),
    foundSession: orm
      .select(columns)
      .from(sessions)
      .innerJoin(users, withUser)
      .where(eq(sessions.id, given("id")))
      .prepare(),
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
    rearm: orm.update(sessions).set(successor).where(mayChange(orm)).prepare(),
    recordStepUp: orm
      .update(sessions)
      .set(stepUp)
      .where(
        and(
          eq(sessions.id, given("sessionId")),
          eq(sessions.credentialVersion, given("credentialVersion")),
          isNull(sessions.revokedAt),
          gt(sessions.expiresAt, given("now")),
          hasCurrentUser(orm),
        ),
      )
      .prepare(),
  };
}

export type EndStatements = ReturnType<typeof prepareEndStatements>;

/** What ends sessions: one alone, or those of a user in the transaction of the cause. The first reason stays. */
export function prepareEndStatements(orm: BetterSQLite3Database) {
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
    revokeBeyond: end().where(inArray(sessions.id, beyondRoom())).returning(ended).prepare(),
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
function beyondRoom(): SQL {
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

/**
 * The condition of a refresh's one write (rows 1 and 2b of the decision table). The row was judged a moment ago; every
 * term says again what that judgement rested on, because meanwhile anything may have happened.
 */
function mayChange(orm: BetterSQLite3Database): SQL | undefined {
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

/** The session's user is active, and their password is still the one that the session was begun with or has heard of. */
function hasCurrentUser(orm: BetterSQLite3Database): SQL {
  const current = and(
    eq(users.id, sessions.userId),
    isNull(users.disabledAt),
    eq(users.credentialVersion, sessions.credentialVersion),
  );
  return exists(orm.select({ one: sql`1` }).from(users).where(current));
}

/** The new session's row, as a SELECT that is empty unless the user is active and has the credential version given. */
function currentUserSession(): SQL {
  const row = sql.join(Object.values(allGiven(sessions)), sql`, `);
  const current = and(
    eq(users.id, given("userId")),
    isNull(users.disabledAt),
    eq(users.credentialVersion, given("credentialVersion")),
  );
  return sql`select ${row} from ${users} where ${current}`;
}

/** A placeholder for each column of a table, by the name of its property. */
export function allGiven<Table extends SQLiteTable>(table: Table): Record<keyof Table["$inferInsert"], SQL> {
  const columns = Object.entries(getTableColumns(table));
  const placeholders = columns.map(([name, column]) => [name, sql`${sql.param(given(name), column)}`]);
  return Object.fromEntries(placeholders) as Record<keyof Table["$inferInsert"], SQL>;
}
