import type { EmailLinkUse, EmailStore, User } from "@watchword/auth/core";
import { and, eq, exists, isNotNull, isNull, notExists, type SQL, sql } from "drizzle-orm";
import type { SqliteConnection } from "../../connection/connection.ts";
import { mailLinks, outbox, sessions, users } from "../../schema.ts";
import { userColumns } from "../account-statements.ts";
import { type CredentialStatements, prepareCredentialStatements } from "../credential-statements.ts";
import { allGiven, given, type Orm, value } from "../placeholders.ts";
import type { SideWrites } from "../side-writes.ts";
import { hasCurrentUser, hasNoRevokedSession, isAddressFree, isRevoked } from "./email-link-conditions.ts";
import { endsWithin } from "./email-registration.ts";

type EmailLinks = Pick<
  EmailStore,
  | "putEmailLink"
  | "findEmailLink"
  | "consumeVerifyLink"
  | "consumeChangeLink"
  | "consumeResetLink"
  | "consumeInvitation"
>;

/**
 * Links in emails, in SQLite. A link is consumed by one DELETE that states again all that it rests on; what the link allows
 * follows in the same transaction.
 */
export function createSqliteEmailLinks({ orm, read, write }: SqliteConnection, writes: SideWrites): EmailLinks {
  const links = prepareLinkStatements(orm);
  const consumed = prepareConsumption(orm);
  const consumeVerify = verification(consumed);
  const consumeChange = addressChange(consumed, writes);
  const credentials = prepareCredentialStatements(orm);
  const consumeReset = passwordChoice(consumed, "reset_password", credentials, writes);
  const consumeInvitation = passwordChoice(consumed, "invitation", credentials, writes);
  return {
    putEmailLink: (link, email) =>
      write(() => {
        const row = { ...link, outboxId: email?.id ?? null, attempts: email?.attempts ?? null };
        return links.put.run(row).changes === 1;
      }),
    findEmailLink: (query) => read(() => links.find.get({ ...query })),
    consumeVerifyLink: (use) => write(() => consumeVerify(use)),
    consumeChangeLink: (use) => write(() => consumeChange(use)),
    consumeResetLink: (use) => write(() => consumeReset(use)),
    consumeInvitation: (use) => write(() => consumeInvitation(use)),
  };
}

function verification(statements: Consumption) {
  return (use: EmailLinkUse): User | undefined => {
    const link = statements.consume.get({ ...use, kind: "verify_email" });
    return link && statements.verify.get({ userId: link.userId, now: use.now });
  };
}

function addressChange(statements: Consumption, { emails }: SideWrites) {
  return (use: EmailLinkUse) => {
    const link = statements.consumeChange.get({ ...use });
    if (!link) return undefined;
    const former = statements.emailOf.get({ userId: link.userId });
    const user = statements.changeEmail.get({ ...link, now: use.now });
    emails.voidOfUser(link.userId);
    return user && former && { user, ...former };
  };
}

function passwordChoice(
  statements: Consumption,
  kind: "reset_password" | "invitation",
  credentials: CredentialStatements,
  { sessionEnd, emails }: SideWrites,
) {
  return (use: Parameters<EmailStore["consumeResetLink"]>[0]) => {
    const link = statements.consume.get({ ...use, kind });
    if (!link) return undefined;
    const { userId } = link;
    credentials.setHash.run({ userId, to: use.passwordHash, now: use.now, usedAt: null });
    const user = statements.afterReset.get({ ...use, userId });
    sessionEnd.all({ userId, now: use.now, reason: "password_changed" });
    emails.voidOfUser(userId);
    return user;
  };
}

function prepareLinkStatements(orm: Orm) {
  return {
    put: orm
      .insert(mailLinks)
      .select(linkOfCurrentUser(orm))
      .onConflictDoUpdate({ target: [mailLinks.userId, mailLinks.kind], set: asExcluded() })
      .prepare(),
    find: orm
      .select(userColumns)
      .from(mailLinks)
      .innerJoin(users, eq(users.id, mailLinks.userId))
      .where(and(isThis(), hasCurrentUser(orm), hasNoRevokedSession(orm)))
      .prepare(),
  };
}

type Consumption = ReturnType<typeof prepareConsumption>;

function prepareConsumption(orm: Orm) {
  const ofUser = eq(users.id, given("userId"));
  const isThisChange = and(
    eq(mailLinks.secretHash, given("secretHash")),
    eq(mailLinks.kind, "change_email"),
    endsWithin(mailLinks.expiresAt),
  );
  const set = (values: Partial<Record<keyof typeof users.$inferInsert, SQL>>) =>
    orm.update(users).set(values).where(ofUser).returning(userColumns).prepare();
  return {
    consume: orm
      .delete(mailLinks)
      .where(and(isThis(), hasCurrentUser(orm)))
      .returning({ userId: mailLinks.userId })
      .prepare(),
    consumeChange: orm
      .delete(mailLinks)
      .where(and(isThisChange, hasCurrentUser(orm), hasNoRevokedSession(orm), isAddressFree(orm)))
      .returning({ userId: mailLinks.userId, newEmail: mailLinks.newEmail, newEmailKey: mailLinks.newEmailKey })
      .prepare(),
    emailOf: orm
      .select({ formerEmail: users.email, formerEmailVerifiedAt: users.emailVerifiedAt })
      .from(users)
      .where(ofUser)
      .prepare(),
    verify: set({ emailVerifiedAt: value("now") }),
    changeEmail: set({
      email: value("newEmail"),
      emailKey: value("newEmailKey"),
      emailVerifiedAt: value("now"),
      claimsVersion: sql`${users.claimsVersion} + 1`,
    }),
    afterReset: set({
      credentialVersion: sql`${users.credentialVersion} + 1`,
      emailVerifiedAt: sql`coalesce(${users.emailVerifiedAt}, ${given("now")})`,
    }),
  };
}

/** The link of that secret and kind, while its end lies where it may. */
function isThis(): SQL | undefined {
  return and(
    eq(mailLinks.secretHash, given("secretHash")),
    eq(mailLinks.kind, given("kind")),
    endsWithin(mailLinks.expiresAt),
  );
}

/**
 * The new link's row, as a SELECT that is empty unless the user is active and still has that address and password, the session
 * that requested it was not revoked, and the email waits in the outbox as it was claimed, where there is one.
 */
function linkOfCurrentUser(orm: Orm): SQL {
  const row = sql.join(Object.values(allGiven(mailLinks)), sql`, `);
  const current = and(
    eq(users.id, given("userId")),
    isNull(users.disabledAt),
    eq(users.credentialVersion, given("credentialVersion")),
    eq(users.emailKey, given("emailKey")),
    notExists(
      orm
        .select({ one: sql`1` })
        .from(sessions)
        .where(isRevoked(value("sessionId"))),
    ),
  );
  const waits = and(eq(outbox.id, given("outboxId")), eq(outbox.attempts, given("attempts")), isNotNull(outbox.dueAt));
  const isWaiting = exists(orm.select({ one: sql`1` }).from(outbox).where(waits));
  return sql`select ${row} from ${users} where ${current} and (${given("outboxId")} is null or ${isWaiting})`;
}

function asExcluded() {
  const excluded = (column: { name: string }): SQL => sql.raw(`excluded."${column.name}"`);
  return {
    secretHash: excluded(mailLinks.secretHash),
    emailKey: excluded(mailLinks.emailKey),
    credentialVersion: excluded(mailLinks.credentialVersion),
    newEmail: excluded(mailLinks.newEmail),
    newEmailKey: excluded(mailLinks.newEmailKey),
    sessionId: excluded(mailLinks.sessionId),
    expiresAt: excluded(mailLinks.expiresAt),
  };
}
