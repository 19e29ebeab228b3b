import type { StoredSession } from "../../core/domain/model.ts";
import type { AuditEntry, AuditQuery, AuditStore, StoredAuditEntry } from "../../core/ports/audit-store.ts";

const keptOfSession = 50;
const keptOfUser = 200;

export interface MemoryAuditLog {
  append(entry: AuditEntry): void;
  list(query: AuditQuery): StoredAuditEntry[];
  devices(query: { userId: string; exceptSessionId: string }): Array<string | null>;
  /** Writes `session_created`. */
  started(session: StoredSession): void;
  /** Writes `session_expired`. */
  ended(session: StoredSession): void;
  /** The entries themselves, the oldest first, for the cleanup. */
  entries: Stored[];
}

type Stored = Omit<StoredAuditEntry, "sessionUserAgent">;

export function createMemoryAuditLog(): MemoryAuditLog {
  const entries: Stored[] = [];
  /** At the most so many entries of a kind there are: some may have been cleared away since. */
  const counts = new Map<string, number>();
  let seq = 0;

  function append(entry: AuditEntry): void {
    seq += 1;
    entries.push({ ...entry, seq });
    const most = entry.sessionId === null ? keptOfUser : keptOfSession;
    const kind = kindOf(entry);
    const atMost = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, atMost);
    if (atMost <= most) return;
    const together = entries.filter((one) => kindOf(one) === kind);
    const tooMany = Math.max(0, together.length - most);
    for (const old of together.slice(0, tooMany)) entries.splice(entries.indexOf(old), 1);
    counts.set(kind, together.length - tooMany);
  }

  return {
    entries,
    append,
    list({ userId, sessionId, events, beforeSeq = Number.POSITIVE_INFINITY, limit }) {
      return entries
        .filter((one) => one.userId === userId && one.seq < beforeSeq)
        .filter((one) => sessionId === undefined || one.sessionId === sessionId)
        .filter((one) => events === undefined || events.includes(one.event))
        .reverse()
        .slice(0, limit)
        .map((one) => ({ ...one, sessionUserAgent: beginningOf(entries, one)?.userAgent ?? null }));
    },
    devices({ userId, exceptSessionId }) {
      const begun = entries.filter((one) => one.userId === userId && one.event === "session_created");
      return [...new Set(begun.filter((one) => one.sessionId !== exceptSessionId).map((one) => one.userAgent))];
    },
    started: (session) => append(beginning(session)),
    ended: (session) => append(end(session)),
  };
}

/** What an entry is counted with: those of its event and detail, of its session, or of its user where it has none. */
function kindOf({ sessionId, userId, event, detail }: AuditEntry): string {
  return JSON.stringify([sessionId, sessionId === null ? userId : null, event, detail]);
}

function beginningOf(entries: readonly Stored[], { sessionId }: Stored): Stored | undefined {
  if (sessionId === null) return undefined;
  return entries.find((one) => one.sessionId === sessionId && one.event === "session_created");
}

function beginning({ id, userId, createdAt, userAgent, ipAddress }: StoredSession): AuditEntry {
  const empty = { actorId: null, detail: null };
  return {
    ...empty,
    at: createdAt,
    event: "session_created",
    outcome: "success",
    userId,
    sessionId: id,
    userAgent,
    ipAddress,
  };
}

function end({ id, userId, revokedAt, revokedReason }: StoredSession): AuditEntry {
  return {
    at: revokedAt ?? 0,
    event: "session_expired",
    outcome: "success",
    userId,
    sessionId: id,
    actorId: null,
    detail: revokedReason,
    userAgent: null,
    ipAddress: null,
  };
}

/** The audit log in memory. Without pauses: the rules wait for none of it, so there is no order in which it could matter. */
export function createMemoryAuditStore(log: MemoryAuditLog): AuditStore {
  return {
    appendAuditEntry: async (entry) => log.append(entry),
    listAuditEntries: async (query) => log.list(query),
    listDevices: async (query) => log.devices(query),
  };
}
