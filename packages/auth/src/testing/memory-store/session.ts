import type { ProvenMethod } from "../../core/domain/credential.ts";
import type {
  RevokedReason,
  SessionWithUser,
  StoredSession,
  StoredSessionWithKinds,
  StoredSessionWithUser,
} from "../../core/domain/model.ts";
import type { Evidence, SessionQuota, SessionStore } from "../../core/ports/session-store.ts";
import type { AuthStore } from "../../core/ports/store.ts";
import { consumeEvidence, evidenceHolds } from "./challenge.ts";
import { voidEmailsOfSession } from "./email-links.ts";
import { reissueSession, rotateSession } from "./session-rotation.ts";
import { type Atomically, kindsOf, publicPart, type Tables } from "./tables.ts";

/** Sessions in memory. */
export function createMemorySessionStore(tables: Tables, atomically: Atomically): SessionStore {
  return {
    createSession: (session, quota, evidence) =>
      atomically("createSession", () => createSession(tables, session, quota, evidence)),
    findSessionWithUser: (sessionId) => atomically("findSessionWithUser", () => findSessionWithUser(tables, sessionId)),
    findStoredSession: (sessionId) => atomically("findStoredSession", () => findStoredSession(tables, sessionId)),
    listSessions: (userId) => atomically("listSessions", () => listSessions(tables, userId)),
    rotateSession: (change) => atomically("rotateSession", () => rotateSession(tables, change)),
    reissueSession: (change) => atomically("reissueSession", () => reissueSession(tables, change)),
    revokeSession: ({ sessionId, userId, reason, now }) =>
      atomically("revokeSession", () => {
        const session = tables.sessions.get(sessionId);
        return (userId === undefined || session?.userId === userId) && endSession(tables, session, reason, now);
      }),
    revokeSessionsOf: (end) => atomically("revokeSessionsOf", () => revokeSessionsOf(tables, end)),
    recordStepUp: (stepUp) => atomically("recordStepUp", () => recordStepUp(tables, stepUp)),
  };
}

export function rejectTakenId(tables: Tables, session: StoredSession): void {
  if (tables.sessions.has(session.id)) throw new Error("There is already a session with that id");
}

export function addSession(tables: Tables, session: StoredSession): void {
  const stored = copyOf(session);
  tables.sessions.set(stored.id, stored);
  if (stored.revokedAt === null) tables.audit.started(stored);
}

function createSession(
  tables: Tables,
  session: StoredSession,
  quota: SessionQuota | undefined,
  evidence: Evidence | undefined,
) {
  const user = tables.users.get(session.userId);
  const current = user && user.disabledAt === null && user.credentialVersion === session.credentialVersion;
  if (!current) return "credentials_changed";
  if (evidence && !evidenceHolds(tables, user.id, evidence)) return "already_used";
  rejectTakenId(tables, session);
  if (evidence) consumeEvidence(tables, user.id, evidence);
  addSession(tables, session);
  if (quota) endBeyond(tables, session, quota);
  return "created";
}

function endBeyond(tables: Tables, added: StoredSession, { atMost, now, idleSince }: SessionQuota): void {
  const begun = ({ id, createdAt }: StoredSession) => (id === added.id ? Infinity : Math.min(createdAt, now));
  const order = (a: StoredSession, b: StoredSession) => begun(b) - begun(a) || (a.id < b.id ? 1 : -1);
  sessionsOf(tables, added.userId)
    .filter(({ revokedAt, expiresAt, rotatedAt }) => revokedAt === null && expiresAt > now && rotatedAt > idleSince)
    .sort(order)
    .slice(atMost)
    .forEach((session) => {
      endSession(tables, session, "too_many_sessions", now);
    });
}

function findSessionWithUser(tables: Tables, sessionId: string): SessionWithUser | undefined {
  const found = findStoredSession(tables, sessionId);
  if (!found) return undefined;
  const { familyHash, nextHash, lastUsedHash, salt, stepUpHash, stepUpAt, stepUpMethods, ...session } = found.session;
  return { session, user: found.user, keyRingVersion: tables.keyRingVersion() };
}

function findStoredSession(tables: Tables, sessionId: string): StoredSessionWithKinds | undefined {
  const session = tables.sessions.get(sessionId);
  const user = session && tables.users.get(session.userId);
  return session && user && { session: copyOf(session), user: publicPart(user), kinds: kindsOf(tables, user.id) };
}

function listSessions(tables: Tables, userId: string): StoredSessionWithUser[] {
  return sessionsOf(tables, userId).flatMap(({ id, revokedAt }) => {
    const found = revokedAt === null ? findStoredSession(tables, id) : undefined;
    return found ? [{ session: found.session, user: found.user }] : [];
  });
}

export function endSession(
  tables: Tables,
  session: StoredSession | undefined,
  reason: RevokedReason,
  now: number,
): boolean {
  if (!session || session.revokedAt !== null) return false;
  session.revokedAt = now;
  session.revokedReason = reason;
  tables.audit.ended(session);
  if (reason !== "logout") voidEmailsOfSession(tables.emails, session.id);
  return true;
}

function revokeSessionsOf(tables: Tables, end: Parameters<AuthStore["revokeSessionsOf"]>[0]): number {
  const { userId, reason, now, keepSessionId, askingSessionId } = end;
  const others = sessionsOf(tables, userId).filter(({ id }) => id !== keepSessionId);
  const ended = others.filter((session) => endSession(tables, session, reason, now));
  for (const { id } of ended) if (id !== askingSessionId) voidEmailsOfSession(tables.emails, id);
  return ended.length;
}

function recordStepUp(
  tables: Tables,
  { sessionId, credentialVersion, evidence, ...stepUp }: Parameters<AuthStore["recordStepUp"]>[0],
) {
  const session = tables.sessions.get(sessionId);
  const user = session && tables.users.get(session.userId);
  if (!session || session.revokedAt !== null || session.expiresAt <= stepUp.now) return "rejected";
  if (session.credentialVersion !== credentialVersion) return "rejected";
  if (user?.credentialVersion !== credentialVersion || user.disabledAt !== null) return "rejected";
  if (evidence && !evidenceHolds(tables, user.id, evidence)) return "already_used";
  if (evidence) consumeEvidence(tables, user.id, evidence);
  giveStepUp(session, stepUp);
  return "recorded";
}

interface StepUp {
  stepUpHash: Uint8Array;
  methods: readonly ProvenMethod[];
  now: number;
}

export function giveStepUp(session: StoredSession, { stepUpHash, methods, now }: StepUp): void {
  session.authenticatedAt = now;
  session.stepUpHash = Uint8Array.from(stepUpHash);
  session.stepUpAt = now;
  session.stepUpMethods = copiesOf(methods);
}

export function sessionsOf(tables: Tables, userId: string): StoredSession[] {
  return [...tables.sessions.values()].filter((session) => session.userId === userId);
}

function copyOf(session: StoredSession): StoredSession {
  return {
    ...session,
    familyHash: Uint8Array.from(session.familyHash),
    nextHash: Uint8Array.from(session.nextHash),
    lastUsedHash: session.lastUsedHash && Uint8Array.from(session.lastUsedHash),
    salt: Uint8Array.from(session.salt),
    stepUpHash: session.stepUpHash && Uint8Array.from(session.stepUpHash),
    stepUpMethods: copiesOf(session.stepUpMethods),
  };
}

function copiesOf(methods: readonly ProvenMethod[]): ProvenMethod[] {
  return methods.map((method) => ({ ...method }));
}
