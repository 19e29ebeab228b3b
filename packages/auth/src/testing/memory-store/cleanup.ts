import type {
  AuditCleanupStep,
  CleanupResult,
  CleanupStore,
  SessionCleanupStep,
} from "../../core/ports/cleanup-store.ts";
import type { MemoryAuditLog } from "./audit.ts";
import type { Atomically, Tables } from "./tables.ts";

/** The cleanup steps in memory. */
export function createMemoryCleanupStore(tables: Tables, atomically: Atomically): CleanupStore {
  return {
    removeEndedSessions: (step) => atomically("removeEndedSessions", () => removeEndedSessions(tables, step)),
    // Without pauses: the rules do not wait for it, so there is no order in which it could matter.
    removeOldAuditEntries: async (step) => removeOldAuditEntries(tables.audit, step),
  };
}

function removeEndedSessions(
  { sessions, challenges }: Tables,
  { after, window, endedBefore, idleSince }: SessionCleanupStep,
): CleanupResult<string> {
  const ids = [...sessions.keys()].filter((id) => after === null || id > after).sort();
  const seen = ids.slice(0, window);
  const over = seen.filter((id) => {
    const session = sessions.get(id);
    if (!session) return false;
    const wasEnded = session.revokedAt !== null && session.revokedAt <= endedBefore;
    return wasEnded || session.expiresAt <= endedBefore || session.rotatedAt <= idleSince;
  });
  for (const id of over) sessions.delete(id);
  for (const { id, sessionId } of challenges.values()) if (over.includes(sessionId ?? "")) challenges.delete(id);
  return { removed: over.length, next: seen.length === window ? (seen.at(-1) ?? null) : null };
}

function removeOldAuditEntries(
  { entries }: MemoryAuditLog,
  { after, window, before }: AuditCleanupStep,
): CleanupResult<number> {
  const seen = entries.filter(({ seq }) => seq > (after ?? 0)).slice(0, window);
  const old = seen.filter(({ at }) => at < before);
  for (const one of old) entries.splice(entries.indexOf(one), 1);
  return { removed: old.length, next: seen.length === window ? (seen.at(-1)?.seq ?? null) : null };
}
