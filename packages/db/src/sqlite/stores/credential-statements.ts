import { and, asc, eq, gt, isNull, type SQL, sql } from "drizzle-orm";
import { credentials, sessions, users } from "../schema.ts";
import { kindsOfUser, userColumns } from "./account-statements.ts";
import { allGiven, given, type Orm, value } from "./placeholders.ts";

/** The two digits of a bcrypt hash's cost: octet for octet the expression of the index `credentials_password_cost`. */
const costText = sql`substr("data", instr("data", '$2') + 4, 2)`;
const isBcrypt = sql`instr("data", '$2') > 0`;

/** In the statement and not as a parameter: only so does SQLite take the indexes of passwords. */
const isPassword = sql`${credentials.kind} = 'password'`;

export type CredentialStatements = ReturnType<typeof prepareCredentialStatements>;

/** Prepared once: building a query at each call costs eight times as much as running it. */
export function prepareCredentialStatements(orm: Orm) {
  return {
    ...prepareUserReads(orm),
    ...prepareVersions(orm),
    ...prepareRows(orm),
    ...prepareEncryption(orm),
    ...preparePasswords(orm),
  };
}

/** The user with their password, and the version that an addition states. */
function prepareUserReads(orm: Orm) {
  const withPassword = () =>
    orm
      .select({ user: userColumns, passwordHash: credentials.data, kinds: kindsOfUser(orm) })
      .from(users)
      .leftJoin(credentials, and(eq(credentials.userId, users.id), isPassword));
  return {
    credentialsById: withPassword()
      .where(eq(users.id, given("id")))
      .prepare(),
    credentialsByUsername: withPassword()
      .where(eq(users.usernameKey, given("key")))
      .prepare(),
    credentialsByEmail: withPassword()
      .where(eq(users.emailKey, given("key")))
      .prepare(),
    versionOf: orm
      .select({ credentialVersion: users.credentialVersion, disabledAt: users.disabledAt })
      .from(users)
      .where(eq(users.id, given("userId")))
      .prepare(),
  };
}

/** What a credential that comes or goes raises. */
function prepareVersions(orm: Orm) {
  return {
    /** Of the user: access tokens of before count as expired too. */
    raiseVersions: orm
      .update(users)
      .set({
        credentialVersion: sql`${users.credentialVersion} + 1`,
        claimsVersion: sql`${users.claimsVersion} + 1`,
      })
      .where(eq(users.id, given("userId")))
      .prepare(),
    /** Of the sessions that go on while a credential comes or goes. */
    raiseSessions: orm
      .update(sessions)
      .set({ credentialVersion: sql`${sessions.credentialVersion} + 1` })
      .where(
        and(
          eq(sessions.userId, given("userId")),
          eq(sessions.credentialVersion, given("credentialVersion")),
          isNull(sessions.revokedAt),
        ),
      )
      .prepare(),
    raiseCredentialVersion: orm
      .update(users)
      .set({ credentialVersion: sql`${users.credentialVersion} + 1` })
      .where(eq(users.id, given("userId")))
      .prepare(),
  };
}

/** The rows of all kinds. */
function prepareRows(orm: Orm) {
  const isRead = and(eq(credentials.id, given("id")), eq(credentials.version, given("version")));
  const nextData = { data: value("data"), version: sql`${credentials.version} + 1` };
  return {
    ofUser: orm
      .select()
      .from(credentials)
      .where(eq(credentials.userId, given("userId")))
      .orderBy(asc(credentials.createdAt), asc(credentials.id))
      .prepare(),
    byLookupKey: orm
      .select()
      .from(credentials)
      .where(and(eq(credentials.lookupKey, given("lookupKey")), eq(credentials.kind, given("kind"))))
      .prepare(),
    byId: orm
      .select({ userId: credentials.userId, disabledAt: users.disabledAt })
      .from(credentials)
      .innerJoin(users, eq(users.id, credentials.userId))
      .where(eq(credentials.id, given("id")))
      .prepare(),
    /** No row: it is taken. */
    insert: orm.insert(credentials).values(allGiven(credentials)).onConflictDoNothing().prepare(),
    replaceData: orm.update(credentials).set(nextData).where(isRead).prepare(),
    use: orm
      .update(credentials)
      .set({ ...nextData, lastUsedAt: value("now") })
      .where(isRead)
      .prepare(),
    remove: orm
      .delete(credentials)
      .where(and(eq(credentials.id, given("id")), eq(credentials.userId, given("userId"))))
      .prepare(),
  };
}

/** The rows whose data is encrypted, by what their data begins with. */
function prepareEncryption(orm: Orm) {
  return {
    /** By the partial index of what may be encrypted: the kind stands in the statement, or SQLite would not take it. */
    outdated: orm
      .select()
      .from(credentials)
      .where(
        and(
          sql`${credentials.kind} <> 'password'`,
          gt(credentials.id, given("after")),
          sql`${beginsWith("encrypted")} and not ${beginsWith("current")}`,
        ),
      )
      .orderBy(asc(credentials.id))
      .limit(given("limit"))
      .prepare(),
    reencrypt: orm
      .update(credentials)
      .set({ data: value("to") })
      .where(and(eq(credentials.id, given("id")), eq(credentials.data, given("from"))))
      .prepare(),
  };
}

/** Octet for octet: with LIKE, a letter would count as its capital. */
function beginsWith(name: string): SQL {
  return sql`(substr(${credentials.data}, 1, length(${given(name)})) = ${given(name)})`;
}

function preparePasswords(orm: Orm) {
  const isTheirPassword = and(eq(credentials.userId, given("userId")), isPassword);
  return {
    highestCost: orm
      .select({ cost: sql<number>`cast(${costText} as integer)` })
      .from(credentials)
      .where(
        sql`kind = 'password' and ${costText} between '04' and ${given("atMost")} and ${costText} glob '[01][0-9]' and ${isBcrypt}`,
      )
      .orderBy(sql`${costText} desc`)
      .limit(1)
      .prepare(),
    replaceHash: orm
      .update(credentials)
      .set({ data: value("to"), version: sql`${credentials.version} + 1` })
      .where(and(isTheirPassword, eq(credentials.data, given("from"))))
      .prepare(),
    /** Whether or not there was one. */
    setHash: orm
      .insert(credentials)
      .values({
        id: given("userId"),
        userId: given("userId"),
        kind: "password",
        data: given("to"),
        version: 1,
        createdAt: given("now"),
        lastUsedAt: given("usedAt"),
      })
      .onConflictDoUpdate({
        target: credentials.userId,
        targetWhere: sql`kind = 'password'`,
        set: { data: value("to"), version: sql`${credentials.version} + 1` },
      })
      .prepare(),
  };
}
