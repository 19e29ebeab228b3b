import type { StoredSession } from "../../core/domain/model.ts";
import type { AuditEntry, AuditQuery, StoredAuditEntry } from "../../core/ports/audit-store.ts";

const keptOfSession = 50;
const keptOfUser = 200;

export interface MemoryTimeline {
  append(entry: AuditEntry): void;
  list(query: AuditQuery): StoredAuditEntry[];
  devices(query: { userId: string; exceptSessionId: string }): Array<string | null>;
  /** Tells of what these sessions have begun or ended with, as the triggers of a database would. */
  follow(sessions: Iterable<StoredSession>): void;
  /** The entries themselves, the oldest first, for whoever clears away. */
  entries: Stored[];
}

type Stored = Omit<StoredAuditEntry, "sessionUserAgent">;

export function createMemoryTimeline(): MemoryTimeline {
  const timeline: Stored[] = [];
  const alive = new Map<string, boolean>();
  /** At the most so many entries of a kind there are: some may have been cleared away since. */
  const counts = new Map<string, number>();
  let seq = 0;

  function append(entry: AuditEntry): void {
    seq += 1;
    timeline.push({ ...entry, seq });
    const most = entry.sessionId === null ? keptOfUser : keptOfSession;
    const kind = kindOf(entry);
    const atMost = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, atMost);
    if (atMost <= most) return;
    const together = timeline.filter((one) => kindOf(one) === kind);
    const tooMany = Math.max(0, together.length - most);
    for (const old of together.slice(0, tooMany)) timeline.splice(timeline.indexOf(old), 1);
    counts.set(kind, together.length - tooMany);
  }

  return {
    entries: timeline,
    append,
    list({ userId, sessionId, beforeSeq = Number.POSITIVE_INFINITY, limit }) {
      return timeline
        .filter((one) => one.userId === userId && one.seq < beforeSeq)
        .filter((one) => sessionId === undefined || one.sessionId === sessionId)
        .reverse()
        .slice(0, limit)
        .map((one) => ({ ...one, sessionUserAgent: beginningOf(timeline, one)?.userAgent ?? null }));
    },
    devices({ userId, exceptSessionId }) {
      const begun = timeline.filter((one) => one.userId === userId && one.event === "session_created");
      return [...new Set(begun.filter((one) => one.sessionId !== exceptSessionId).map((one) => one.userAgent))];
    },
    follow(sessions) {
      for (const session of sessions) {
        const wasAlive = alive.get(session.id);
        const isAlive = session.revokedAt === null;
        alive.set(session.id, isAlive);
        if (wasAlive === undefined && isAlive) append(beginning(session));
        if (wasAlive && !isAlive) append(end(session));
      }
    },
  };
}

/** What an entry is counted with: those of its event and detail, of its session, or of its user where it has none. */
function kindOf({ sessionId, userId, event, detail }: AuditEntry): string {
  return JSON.stringify([sessionId, sessionId === null ? userId : null, event, detail]);
}

function beginningOf(timeline: readonly Stored[], { sessionId }: Stored): Stored | undefined {
  if (sessionId === null) return undefined;
  return timeline.find((one) => one.sessionId === sessionId && one.event === "session_created");
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
