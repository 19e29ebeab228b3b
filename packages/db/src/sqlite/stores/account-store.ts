import type { AccountStore, CreateAccountOutcome } from "@watchword/auth/core";
import { eq } from "drizzle-orm";
import type { SqliteConnection } from "../connection/connection.ts";
import { timeline } from "../schema.ts";
import { type AccountStatements, prepareAccountStatements } from "./account-statements.ts";
import { prepareCredentialStatements } from "./credential-statements.ts";
import { prepareRegistrationStatements } from "./email/email-registration.ts";
import { given, type Orm } from "./placeholders.ts";
import type { SessionStatements } from "./session/session-statements.ts";
import type { SideWrites } from "./side-writes.ts";

/** Accounts in SQLite. */
export function createSqliteAccountStore(
  { orm, read, write }: SqliteConnection,
  sessions: SessionStatements,
  writes: SideWrites,
): AccountStore {
  const users = prepareAccountStatements(orm);
  const createAccount = accountCreation(orm, { users, sessions, writes });
  const disableUser = disabling(users, writes);
  const setRole = roleChange(users);
  const deleteUser = deletion(orm, users, writes);
  return {
    createAccount: (account) => write(() => createAccount(account)),
    changeName: (change) => write(() => users.changeName.run({ ...change }).changes === 1),
    disableUser: (end) => write(() => disableUser(end)),
    enableUser: (change) => write(() => users.enableUser.run({ ...change }).changes === 1),
    setRole: (change) => write(() => setRole(change)),
    findUsers: ({ by, ...query }) =>
      read(() => (by === "username" ? users.usersByUsername : users.usersByEmail).all(query)),
    deleteUser: (end) => write(() => deleteUser(end)),
  };
}

interface Creation {
  users: AccountStatements;
  sessions: SessionStatements;
  writes: SideWrites;
}

function accountCreation(orm: Orm, { users, sessions, writes }: Creation) {
  const credentials = prepareCredentialStatements(orm);
  const links = prepareRegistrationStatements(orm);
  return ({ user, session, link }: Parameters<AccountStore["createAccount"]>[0]): CreateAccountOutcome => {
    const use = link && { ...link, emailKey: user.emailKey };
    if (use && !links.findOf.get(use)) return "link_invalid";
    if (users.insertUser.run({ ...user }).changes === 1) {
      if (user.passwordHash !== null) {
        const { id: userId, passwordHash: to, createdAt: now } = user;
        // The user has just logged in with it.
        credentials.setHash.run({ userId, to, now, usedAt: now });
      }
      if (session) {
        sessions.insertSession.run({ ...session });
        writes.log.started(session);
      }
      if (use) links.remove.run(use);
      return "created";
    }
    if (credentials.credentialsByUsername.get({ key: user.usernameKey })) return "username_taken";
    if (users.idBySkeleton.get({ skeleton: user.usernameSkeleton })) return "username_taken";
    if (credentials.credentialsByEmail.get({ key: user.emailKey })) return "email_taken";
    throw new Error("There is already a user with that id");
  };
}

function disabling(users: AccountStatements, { sessionEnd, emails }: SideWrites) {
  return (end: Parameters<AccountStore["disableUser"]>[0]) => {
    if (users.disableUser.run({ ...end }).changes === 0) return whyNot(users, end);
    sessionEnd.all({ ...end, reason: "account_disabled" });
    emails.voidOfUser(end.userId);
    users.removeChallenges.run({ userId: end.userId });
    return "done";
  };
}

function roleChange(users: AccountStatements) {
  return (change: Parameters<AccountStore["setRole"]>[0]) => {
    if (users.setRole.run({ ...change }).changes === 1) return "done";
    return change.role === "admin" ? "unchanged" : whyNot(users, change);
  };
}

/** In the transaction of the statement that changed nothing: an active administrator was rejected for being the last. */
function whyNot(users: AccountStatements, { userId }: { userId: string }): "unchanged" | "last_admin" {
  const found = users.roleOf.get({ userId });
  return found?.role === "admin" && found.disabledAt === null ? "last_admin" : "unchanged";
}

/** What refers to the user's row is deleted with it; the audit log refers to no row. */
function deletion(orm: Orm, users: AccountStatements, { emails }: SideWrites) {
  const removeAuditLog = orm
    .delete(timeline)
    .where(eq(timeline.userId, given("userId")))
    .prepare();
  return (end: Parameters<AccountStore["deleteUser"]>[0]) => {
    if (users.removeUser.run({ ...end }).changes === 0)
      return users.roleOf.get({ ...end }) ? "last_admin" : "unchanged";
    removeAuditLog.run({ ...end });
    emails.voidOfUser(end.userId);
    return "done";
  };
}
