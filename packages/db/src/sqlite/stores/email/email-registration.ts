import type { EmailStore } from "@watchword/auth/core";
import { and, type Column, eq, gt, lte, notExists, type SQL, sql } from "drizzle-orm";
import type { SqliteConnection } from "../../connection/connection.ts";
import { registrationLinks, users } from "../../schema.ts";
import { allGiven, given, type Orm } from "../placeholders.ts";

type RegistrationLinks = Pick<
  EmailStore,
  "putRegistrationLink" | "findRegistrationLink" | "removeOldRegistrationLinks"
>;

/** Links that belong to an address and to no user, in SQLite. One is consumed where its account is made; see `account-store.ts`. */
export function createSqliteRegistrationLinks({ orm, read, write }: SqliteConnection): RegistrationLinks {
  const links = prepareRegistrationStatements(orm);
  return {
    putRegistrationLink: (link) => write(() => links.put.run({ ...link }).changes === 1),
    findRegistrationLink: (query) => read(() => links.find.get({ ...query })),
    removeOldRegistrationLinks: ({ before }) => write(() => links.removeOld.run({ before }).changes),
  };
}

export function prepareRegistrationStatements(orm: Orm) {
  const found = { email: registrationLinks.email };
  const ofAddress = eq(registrationLinks.emailKey, given("emailKey"));
  const isLiving = and(
    eq(registrationLinks.secretHash, given("secretHash")),
    endsWithin(registrationLinks.expiresAt),
    isAddressFree(orm),
  );
  return {
    put: orm
      .insert(registrationLinks)
      .select(linkOfFreeAddress())
      .onConflictDoUpdate({ target: registrationLinks.emailKey, set: asExcluded() })
      .prepare(),
    find: orm.select(found).from(registrationLinks).where(isLiving).prepare(),
    findOf: orm.select(found).from(registrationLinks).where(and(isLiving, ofAddress)).prepare(),
    /** In the transaction of `findOf`: once the account is made, its address is taken and no link living. */
    remove: orm.delete(registrationLinks).where(ofAddress).prepare(),
    removeOld: orm
      .delete(registrationLinks)
      .where(lte(registrationLinks.expiresAt, given("before")))
      .prepare(),
  };
}

/** The link's end lies where a link's may that is good now; see `linkEnds`. */
export function endsWithin(expiresAt: Column): SQL | undefined {
  return and(gt(expiresAt, given("endsAfter")), lte(expiresAt, given("endsBy")));
}

function isAddressFree(orm: Orm): SQL {
  return notExists(orm.select({ one: sql`1` }).from(users).where(eq(users.emailKey, registrationLinks.emailKey)));
}

/** The new link's row, as a SELECT that is empty when an account has the address. */
function linkOfFreeAddress(): SQL {
  const row = sql.join(Object.values(allGiven(registrationLinks)), sql`, `);
  return sql`select ${row} where not exists (select 1 from ${users} where ${users.emailKey} = ${given("emailKey")})`;
}

function asExcluded() {
  const excluded = (column: { name: string }): SQL => sql.raw(`excluded."${column.name}"`);
  return {
    email: excluded(registrationLinks.email),
    secretHash: excluded(registrationLinks.secretHash),
    expiresAt: excluded(registrationLinks.expiresAt),
  };
}
