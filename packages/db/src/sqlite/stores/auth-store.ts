import type { AuthStore, CreateAccountOutcome, SessionQuota, StoredSession, User } from "@watchword/auth/core";
import type { SqliteConnection } from "../connection/connection.ts";
import { rememberUntilChange } from "../connection/until-change.ts";
import { createSqliteTimeline } from "./audit-store.ts";
import { createSqliteHousekeeping } from "./cleanup-store.ts";
import { createSqliteMail } from "./email-store.ts";
import { type OrderEnds, prepareOrderEnds } from "./email-voiding.ts";
import { createSqliteKeyStore } from "./key-store.ts";
import { prepareRegistrationStatements, type RegistrationStatements } from "./registration-links.ts";
import { prepareLoginRead } from "./session-read.ts";
import {
  type EndStatements,
  prepareEndStatements,
  prepareSessionStatements,
  prepareUserStatements,
  type SessionStatements,
  type UserStatements,
} from "./statements.ts";

/**
 * Accounts and sessions in SQLite. The database must have been migrated (`migrateSqlite`), because the statements are
 * prepared here, once.
 *
 * Every race is decided by one conditional statement or by one transaction that holds the write lock from its beginning
 * (BEGIN IMMEDIATE); each is durable when its promise resolves.
 */
export function createSqliteAuthStore(connection: SqliteConnection): AuthStore {
  const { client, orm, run, look } = connection;
  const users = prepareUserStatements(orm);
  const sessions = prepareSessionStatements(orm);
  const ends = prepareEndStatements(orm);
  const orders = prepareOrderEnds(orm);
  const readLogin = rememberUntilChange(connection, prepareLoginRead(connection));
  const createAccount = client.transaction(accountCreation(users, sessions, prepareRegistrationStatements(orm)));
  const createSession = client.transaction(sessionCreation(sessions, ends, orders));
  const revokeSession = client.transaction(revocation(ends, orders));
  const revokeSessionsOf = client.transaction(revocationOfAll(ends, orders));
  const changePassword = client.transaction(passwordChange(users, sessions, ends, orders));
  const disableUser = client.transaction(disabling(users, ends, orders));
  const setRole = client.transaction(roleChange(users));

  return {
    ...createSqliteTimeline(connection),
    ...createSqliteHousekeeping(connection),
    ...createSqliteKeyStore(connection),
    ...createSqliteMail(connection),
    createAccount: (account) => run(() => createAccount.immediate(account)),
    findCredentials: (key) =>
      run(() =>
        "usernameKey" in key
          ? users.credentialsByUsername.get({ key: key.usernameKey })
          : users.credentialsByEmail.get({ key: key.emailKey }),
      ),
    findCredentialsById: (id) => run(() => users.credentialsById.get({ id })),
    highestPasswordCost: ({ atMost }) =>
      run(() => users.highestCost.get({ atMost: String(atMost).padStart(2, "0") })?.cost),
    createSession: (session, room) => run(() => createSession.immediate(session, room)),
    findSessionWithUser: (id) => look(() => readLogin(id)),
    findStoredSession: (id) => run(() => sessions.foundSession.get({ id })),
    listSessions: (userId) => run(() => sessions.sessionsOfUser.all({ userId })),
    rotateSession: (change) => run(() => sessions.rotate.run({ ...change }).changes === 1),
    reissueSession: (change) => run(() => sessions.rearm.run({ ...change }).changes === 1),
    revokeSession: (end) => run(() => revokeSession.immediate(end)),
    revokeSessionsOf: (end) => run(() => revokeSessionsOf.immediate(end)),
    upgradePasswordHash: (upgrade) => run(() => users.upgradeHash.run({ ...upgrade }).changes === 1),
    changePassword: (change) => run(() => changePassword.immediate(change)),
    recordStepUp: (proof) => run(() => sessions.recordStepUp.run({ ...proof }).changes === 1),
    changeName: (change) => run(() => users.changeName.run({ ...change }).changes === 1),
    disableUser: (end) => run(() => disableUser.immediate(end)),
    enableUser: (change) => run(() => users.enableUser.run({ ...change }).changes === 1),
    setRole: (change) => run(() => setRole.immediate(change)),
    findUsers: (query) => run(() => usersBeginning(users, query)),
  };
}

/** The work of a transaction. It must stay synchronous: better-sqlite3 commits when it returns. */
function accountCreation(users: UserStatements, sessions: SessionStatements, links: RegistrationStatements) {
  return ({ user, session, link }: Parameters<AuthStore["createAccount"]>[0]): CreateAccountOutcome => {
    const use = link && { ...link, emailKey: user.emailKey };
    if (use && !links.findOf.get(use)) return "link_invalid";
    if (users.insertUser.run({ ...user }).changes === 1) {
      sessions.insertSession.run({ ...session });
      if (use) links.remove.run(use);
      return "created";
    }
    if (users.credentialsByUsername.get({ key: user.usernameKey })) return "username_taken";
    if (users.idBySkeleton.get({ skeleton: user.usernameSkeleton })) return "username_taken";
    if (users.credentialsByEmail.get({ key: user.emailKey })) return "email_taken";
    throw new Error("There is already a user with that id");
  };
}

function sessionCreation(sessions: SessionStatements, ends: EndStatements, orders: OrderEnds) {
  return (session: StoredSession, room: SessionQuota | undefined) => {
    if (sessions.insertSessionIfCurrent.run({ ...session }).changes === 0) return "credentials_changed";
    const beyond = { ...room, userId: session.userId, addedId: session.id, reason: "too_many_sessions" };
    if (room) orders.endOfSessions(ends.revokeBeyond.all(beyond));
    return "created";
  };
}

/** What a session ordered goes with it, unless it logged itself out. */
function revocation(ends: EndStatements, orders: OrderEnds) {
  return (end: Parameters<AuthStore["revokeSession"]>[0]): boolean => {
    const ended = (end.userId === undefined ? ends.revokeOne : ends.revokeOwn).all({ ...end });
    if (end.reason !== "logout") orders.endOfSessions(ended);
    return ended.length === 1;
  };
}

function revocationOfAll(ends: EndStatements, orders: OrderEnds) {
  return ({ askingSessionId, ...end }: Parameters<AuthStore["revokeSessionsOf"]>[0]): number => {
    const ended = (end.keepSessionId === undefined ? ends.revokeAll : ends.revokeOthers).all({ ...end });
    const byOthers = ended.filter(({ id }) => end.reason !== "logout" || id !== askingSessionId);
    orders.endOfSessions(byOthers);
    return ended.length;
  };
}

function passwordChange(users: UserStatements, sessions: SessionStatements, ends: EndStatements, orders: OrderEnds) {
  return ({ rotation, ...change }: Parameters<AuthStore["changePassword"]>[0]): boolean => {
    // The transaction holds the write lock, so what is read here still holds below: nothing has to be taken back.
    const found = users.credentialsById.get({ id: change.userId });
    if (found?.passwordHash !== change.from || found.user.disabledAt !== null) return false;
    if (rotation && sessions.rotate.run({ ...rotation }).changes === 0) return false;
    users.changeHash.run({ ...change });
    ends.keepSession.run({ ...change });
    ends.revokeOthers.run({ ...change, reason: "password_changed" });
    orders.endOfUser(change.userId);
    return true;
  };
}

function disabling(users: UserStatements, ends: EndStatements, orders: OrderEnds) {
  return (end: Parameters<AuthStore["disableUser"]>[0]) => {
    if (users.disableUser.run({ ...end }).changes === 0) return whyNot(users, end.userId);
    ends.revokeAll.run({ ...end, reason: "account_disabled" });
    orders.endOfUser(end.userId);
    return "done";
  };
}

function roleChange(users: UserStatements) {
  return (change: Parameters<AuthStore["setRole"]>[0]) => {
    if (users.setRole.run({ ...change }).changes === 1) return "done";
    return change.role === "admin" ? "unchanged" : whyNot(users, change.userId);
  };
}

/** In the transaction of the statement that changed nothing: an active administrator was refused for being the last. */
function whyNot(users: UserStatements, userId: string): "unchanged" | "last_admin" {
  const user = users.credentialsById.get({ id: userId })?.user;
  return user?.role === "admin" && user.disabledAt === null ? "last_admin" : "unchanged";
}

function usersBeginning(statements: UserStatements, query: Parameters<AuthStore["findUsers"]>[0]): User[] {
  const found = [...statements.usersByUsername.all({ ...query }), ...statements.usersByEmail.all({ ...query })];
  const once = [...new Map(found.map((user) => [user.id, user])).values()];
  const inOrder = once.sort((a, b) => Buffer.compare(Buffer.from(a.usernameKey), Buffer.from(b.usernameKey)));
  return inOrder.map(({ usernameKey: _key, ...user }) => user);
}
