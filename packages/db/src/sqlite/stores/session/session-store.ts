import type { Evidence, SessionQuota, SessionStore, StoredSession } from "@watchword/auth/core";
import type { SqliteConnection } from "../../connection/connection.ts";
import { rememberUntilChange } from "../../connection/until-change.ts";
import { type EvidenceConsumption, prepareEvidenceConsumption } from "../challenge-store.ts";
import type { SideWrites } from "../side-writes.ts";
import { prepareSessionRead, prepareStoredSessionRead } from "./session-read.ts";
import type { SessionStatements } from "./session-statements.ts";

/** Sessions in SQLite. A refresh is one conditional UPDATE and nothing else. */
export function createSqliteSessionStore(
  connection: SqliteConnection,
  sessions: SessionStatements,
  writes: SideWrites,
): SessionStore {
  const { orm, read, readNow, write } = connection;
  const evidenceOf = prepareEvidenceConsumption(orm);
  const readStored = prepareStoredSessionRead(connection);
  const readSession = rememberUntilChange(connection, prepareSessionRead(connection));
  const createSession = sessionCreation(sessions, evidenceOf, writes);
  const recordStepUp = stepUpRecord(sessions, evidenceOf);
  const revokeSession = revocation(writes);
  const revokeSessionsOf = revocationOfAll(writes);
  return {
    createSession: (session, quota, evidence) => write(() => createSession(session, quota, evidence)),
    findSessionWithUser: (id) => readNow(() => readSession(id)),
    findStoredSession: (id) => read(() => readStored(id)),
    listSessions: (userId) => read(() => sessions.sessionsOfUser.all({ userId })),
    rotateSession: (change) => write(() => sessions.rotate.run({ ...change }).changes === 1),
    reissueSession: (change) => write(() => sessions.reissue.run({ ...change }).changes === 1),
    revokeSession: (end) => write(() => revokeSession(end)),
    revokeSessionsOf: (end) => write(() => revokeSessionsOf(end)),
    recordStepUp: (stepUp) => write(() => recordStepUp(stepUp)),
  };
}

function sessionCreation(
  sessions: SessionStatements,
  evidenceOf: EvidenceConsumption,
  { log, sessionEnd, emails }: SideWrites,
) {
  return (session: StoredSession, quota: SessionQuota | undefined, evidence: Evidence | undefined) => {
    if (!sessions.currentUser.get({ ...session })) return "credentials_changed";
    if (evidence && !evidenceOf.holds(session.userId, evidence)) return "already_used";
    sessions.insertSession.run({ ...session });
    if (evidence) evidenceOf.consume(session.userId, evidence);
    log.started(session);
    if (quota) emails.voidOfSessions(sessionEnd.beyond(quota, session));
    return "created";
  };
}

function stepUpRecord(sessions: SessionStatements, evidenceOf: EvidenceConsumption) {
  return ({ evidence, ...stepUp }: Parameters<SessionStore["recordStepUp"]>[0]) => {
    const session = sessions.mayStepUp.get({ ...stepUp });
    if (!session) return "rejected";
    if (evidence && !evidenceOf.holds(session.userId, evidence)) return "already_used";
    sessions.recordStepUp.run({ ...stepUp });
    if (evidence) evidenceOf.consume(session.userId, evidence);
    return "recorded";
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
