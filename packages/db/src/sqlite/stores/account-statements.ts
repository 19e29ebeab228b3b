import { and, asc, eq, exists, gte, isNotNull, isNull, lt, ne, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { challenges, credentials, users } from "../schema.ts";
import { allGiven, given, type Orm, value } from "./placeholders.ts";

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

/** The kinds of all credentials of `users.id`, for a statement that joins: each once, in the order of the alphabet. */
export function kindsOfUser(orm: Orm): SQL<string[]> {
  const own = alias(credentials, "own");
  // JSON, because a kind is a text, and a later version may have stored one with a comma.
  const kinds = sql`json_group_array(distinct ${own.kind} order by ${own.kind})`;
  const ofUser = orm.select({ kinds }).from(own).where(eq(own.userId, users.id));
  return sql`${ofUser}`.mapWith((text: string): string[] => JSON.parse(text));
}

export type AccountStatements = ReturnType<typeof prepareAccountStatements>;

/** Prepared once: building a query at each call costs eight times as much as running it. */
export function prepareAccountStatements(orm: Orm) {
  const ofUser = eq(users.id, given("userId"));
  return {
    insertUser: orm.insert(users).values(allGiven(users)).onConflictDoNothing().prepare(),
    idBySkeleton: orm
      .select({ id: users.id })
      .from(users)
      .where(eq(users.usernameSkeleton, given("skeleton")))
      .prepare(),
    changeName: orm
      .update(users)
      .set({ name: value("name"), claimsVersion: sql`${users.claimsVersion} + 1` })
      .where(and(ofUser, isNull(users.disabledAt)))
      .prepare(),
    removeChallenges: orm
      .delete(challenges)
      .where(eq(challenges.userId, given("userId")))
      .prepare(),
    disableUser: orm
      .update(users)
      .set({ disabledAt: value("now") })
      .where(and(ofUser, isNull(users.disabledAt), isNoLastAdmin(orm)))
      .prepare(),
    enableUser: orm
      .update(users)
      .set({ disabledAt: null })
      .where(and(ofUser, isNotNull(users.disabledAt)))
      .prepare(),
    setRole: orm
      .update(users)
      .set({ role: value("role"), claimsVersion: sql`${users.claimsVersion} + 1` })
      .where(and(ofUser, isNull(users.disabledAt), sql`${users.role} <> ${given("role")}`, isNoLastAdmin(orm)))
      .prepare(),
    usersByUsername: beginningOf(orm, users.usernameKey),
    usersByEmail: beginningOf(orm, users.emailKey, hasOtherName),
    removeUser: orm
      .delete(users)
      .where(and(ofUser, isNoLastAdmin(orm)))
      .prepare(),
    /** Whether the user is there, and as what. */
    roleOf: orm.select({ role: users.role, disabledAt: users.disabledAt }).from(users).where(ofUser).prepare(),
  };
}

/** The role stands in the statement and not in a parameter: only so does SQLite take the index of administrators. */
function isNoLastAdmin(orm: Orm): SQL {
  const other = alias(users, "other");
  const another = and(sql`${other.role} = 'admin'`, isNull(other.disabledAt), ne(other.id, users.id));
  return sql`(${users.role} <> 'admin' or ${exists(orm.select({ one: sql`1` }).from(other).where(another))})`;
}

/** A range of the column's index, which begins at `after`: from the prefix, a page would read all pages before it. */
function beginningOf(orm: Orm, key: UserKey, also?: SQL) {
  return orm
    .select(userColumns)
    .from(users)
    .where(
      and(
        gte(key, sql`max(${given("prefix")}, ${given("after")})`),
        ne(key, given("after")),
        lt(key, endOfPrefix),
        also,
      ),
    )
    .orderBy(asc(key))
    .limit(given("limit"))
    .prepare();
}

type UserKey = typeof users.usernameKey | typeof users.emailKey;

/** Behind every text that begins so. */
const endOfPrefix = sql`${given("prefix")} || char(1114111)`;

const hasOtherName = sql`(${users.usernameKey} < ${given("prefix")} or ${users.usernameKey} >= ${endOfPrefix})`;
