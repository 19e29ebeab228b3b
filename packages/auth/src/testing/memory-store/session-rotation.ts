import type { StoredSession, StoredUser } from "../../core/domain/model.ts";
import type { SessionRotation } from "../../core/ports/session-store.ts";

interface Rows {
  users: Map<string, StoredUser>;
  sessions: Map<string, StoredSession>;
}

/** Row 1 of the decision table. */
export function rotateSession(tables: Rows, change: SessionRotation): boolean {
  const session = changeable(tables, change);
  if (!session) return false;
  session.lastUsedHash = session.nextHash;
  session.generation += 1;
  putSuccessor(session, change);
  return true;
}

/** Row 2b. */
export function reissueSession(tables: Rows, change: SessionRotation): boolean {
  const session = changeable(tables, change);
  if (!session) return false;
  putSuccessor(session, change);
  return true;
}

function putSuccessor(session: StoredSession, { nextHash, salt, now }: SessionRotation): void {
  session.nextHash = Uint8Array.from(nextHash);
  session.salt = Uint8Array.from(salt);
  session.rotatedAt = now;
  session.lastSeenAt = now;
}

/** The session while every condition of a change holds, term by term as the SQL stores have them. */
function changeable(tables: Rows, change: SessionRotation): StoredSession | undefined {
  const session = tables.sessions.get(change.sessionId);
  const user = session && tables.users.get(session.userId);
  if (!session || !user) return undefined;
  const holds =
    sameBytes(session.nextHash, change.expectedNextHash) &&
    session.generation === change.expectedGeneration &&
    session.revokedAt === null &&
    session.expiresAt > change.now &&
    session.rotatedAt > change.idleSince &&
    user.disabledAt === null &&
    user.credentialVersion === session.credentialVersion;
  return holds ? session : undefined;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, index) => octet === b[index]);
}
