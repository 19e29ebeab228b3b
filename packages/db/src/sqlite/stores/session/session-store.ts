import type { SessionQuota, SessionStore, StoredSession } from "@watchword/auth/core";
import type { SqliteConnection } from "../../connection/connection.ts";
import { rememberUntilChange } from "../../connection/until-change.ts";
import type { SideWrites } from "../side-writes.ts";
import { prepareSessionRead } from "./session-read.ts";
import type { SessionStatements } from "./session-statements.ts";

/** Sessions in SQLite. A refresh is one conditional UPDATE and nothing else. */
export function createSqliteSessionStore(
  connection: SqliteConnection,
  sessions: SessionStatements,
  writes: SideWrites,
): SessionStore {
  const { client, run, read } = connection;
  const readSession = rememberUntilChange(connection, prepareSessionRead(connection));
  const createSession = client.transaction(sessionCreation(sessions, writes));
  const revokeSession = client.transaction(revocation(writes));
  const revokeSessionsOf = client.transaction(revocationOfAll(writes));
  return {
    createSession: (session, quota) => run(() => createSession.immediate(session, quota)),
    findSessionWithUser: (id) => read(() => readSession(id)),
    findStoredSession: (id) => run(() => sessions.foundSession.get({ id })),
    listSessions: (userId) => run(() => sessions.sessionsOfUser.all({ userId })),
    rotateSession: (change) => run(() => sessions.rotate.run({ ...change }).changes === 1),
    reissueSession: (change) => run(() => sessions.reissue.run({ ...change }).changes === 1),
    revokeSession: (end) => run(() => revokeSession.immediate(end)),
    revokeSessionsOf: (end) => run(() => revokeSessionsOf.immediate(end)),
    recordStepUp: (stepUp) => run(() => sessions.recordStepUp.run({ ...stepUp }).changes === 1),
  };
}

function sessionCreation(sessions: SessionStatements, { log, sessionEnd, emails }: SideWrites) {
  return (session: StoredSession, quota: SessionQuota | undefined) => {
    if (sessions.insertSessionIfCurrent.run({ ...session }).changes === 0) return "credentials_changed";
    log.started(session);
    if (quota) emails.voidOfSessions(sessionEnd.beyond(quota, session));
    return "created";
  };
}

/** What a session requested by email is void with its end, unless the session logged itself out. */
function revocation({ sessionEnd, emails }: SideWrites) {
  return (end: Parameters<SessionStore["revokeSession"]>[0]): boolean => {
    const ended = sessionEnd.one(end);
    if (end.reason !== "logout") emails.voidOfSessions(ended);
    return ended.length === 1;
  };
}

function revocationOfAll({ sessionEnd, emails }: SideWrites) {
  return ({ askingSessionId, keepSessionId, ...end }: Parameters<SessionStore["revokeSessionsOf"]>[0]): number => {
    const ended = keepSessionId === undefined ? sessionEnd.all(end) : sessionEnd.others({ ...end, keepSessionId });
    emails.voidOfSessions(ended.filter(({ id }) => end.reason !== "logout" || id !== askingSessionId));
    return ended.length;
  };
}
