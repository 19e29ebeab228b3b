import { and, eq, isNull, sql } from "drizzle-orm";
import { users } from "../schema.ts";
import { userColumns } from "./account-statements.ts";
import { given, type Orm, value } from "./placeholders.ts";

/** The two digits of a bcrypt hash's cost: octet for octet the expression of the index `users_password_cost`. */
const costText = sql`substr("password_hash", instr("password_hash", '$2') + 4, 2)`;
const isBcrypt = sql`instr("password_hash", '$2') > 0`;

export type CredentialStatements = ReturnType<typeof prepareCredentialStatements>;

export function prepareCredentialStatements(orm: Orm) {
  const credentials = () => orm.select({ user: userColumns, passwordHash: users.passwordHash }).from(users);
  return {
    credentialsById: credentials()
      .where(eq(users.id, given("id")))
      .prepare(),
    credentialsByUsername: credentials()
      .where(eq(users.usernameKey, given("key")))
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
  };
}
