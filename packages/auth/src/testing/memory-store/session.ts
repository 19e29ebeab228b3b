import type { RevokedReason, SessionWithUser, StoredSession, StoredSessionWithUser } from "../../core/domain/model.ts";
import type { SessionQuota } from "../../core/ports/session-store.ts";
import type { AuthStore } from "../../core/ports/store.ts";
import { endOrdersOfSession } from "./email.ts";
import { publicPart, type Tables } from "./tables.ts";

export function rejectTakenId(tables: Tables, session: StoredSession): void {
  if (tables.sessions.has(session.id)) throw new Error("There is already a session with that id");
}

export function addSession(tables: Tables, session: StoredSession): void {
  const stored = copyOf(session);
  tables.sessions.set(stored.id, stored);
  tables.changed.add(stored);
}

export function createSession(tables: Tables, session: StoredSession, room: SessionQuota | undefined) {
  const user = tables.users.get(session.userId);
  const current = user && user.disabledAt === null && user.credentialVersion === session.credentialVersion;
  if (!current) return "credentials_changed";
  rejectTakenId(tables, session);
  addSession(tables, session);
  if (room) endBeyond(tables, session, room);
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

export function findSessionWithUser(tables: Tables, sessionId: string): SessionWithUser | undefined {
  const found = findStoredSession(tables, sessionId);
  if (!found) return undefined;
  const { familyHash, nextHash, lastUsedHash, salt, stepUpHash, stepUpAt, ...session } = found.session;
  return { session, user: found.user, keyRingVersion: tables.keyRingVersion() };
}

export function findStoredSession(tables: Tables, sessionId: string): StoredSessionWithUser | undefined {
  const session = tables.sessions.get(sessionId);
  const user = session && tables.users.get(session.userId);
  return session && user && { session: copyOf(session), user: publicPart(user) };
}

export function listSessions(tables: Tables, userId: string): StoredSessionWithUser[] {
  return sessionsOf(tables, userId).flatMap(({ id, revokedAt }) => {
    const found = revokedAt === null ? findStoredSession(tables, id) : undefined;
    return found ? [found] : [];
  });
}

export function endSession(
  tables: Tables,
  session: StoredSession | undefined,
  reason: RevokedReason,
  now: number,
): boolean {
  if (!session || session.revokedAt !== null) return false;
  tables.changed.add(session);
  session.revokedAt = now;
  session.revokedReason = reason;
  if (reason !== "logout") endOrdersOfSession(tables.mail, session.id);
  return true;
}

export function revokeSessionsOf(tables: Tables, end: Parameters<AuthStore["revokeSessionsOf"]>[0]): number {
  const { userId, reason, now, keepSessionId, askingSessionId } = end;
  const others = sessionsOf(tables, userId).filter(({ id }) => id !== keepSessionId);
  const ended = others.filter((session) => endSession(tables, session, reason, now));
  for (const { id } of ended) if (id !== askingSessionId) endOrdersOfSession(tables.mail, id);
  return ended.length;
}

export function recordStepUp(
  tables: Tables,
  { sessionId, credentialVersion, stepUpHash, now }: Parameters<AuthStore["recordStepUp"]>[0],
): boolean {
  const session = tables.sessions.get(sessionId);
  const user = session && tables.users.get(session.userId);
  if (!session || session.revokedAt !== null || session.expiresAt <= now) return false;
  if (session.credentialVersion !== credentialVersion) return false;
  if (user?.credentialVersion !== credentialVersion || user.disabledAt !== null) return false;
  giveStepUp(session, stepUpHash, now);
  return true;
}

export function giveStepUp(session: StoredSession, stepUpHash: Uint8Array, now: number): void {
  session.authenticatedAt = now;
  session.stepUpHash = Uint8Array.from(stepUpHash);
  session.stepUpAt = now;
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
  };
}
