import type { Clock } from "../domain/clock.ts";
import type { AuthEvent } from "../domain/events.ts";
import type { ClientInfo } from "../domain/model.ts";
import type { AuditEntry, AuditStore, StoredAuditEntry } from "../ports/audit-store.ts";
import { toAuditEntry } from "./entry.ts";
import { type AuditKind, eventsOfKind } from "./kinds.ts";

interface LogDeps {
  store: AuditStore;
  clock: Clock;
  /** See `AuthOptions.defer`. */
  defer?: ((work: () => void) => void) | undefined;
}

/**
 * Writes the audit entries of events without waiting: an entry that cannot be written must not fail a login, and one that waits
 * for a lock must not delay a page. SQLite writes it with the next group of writes, in the same turn of the event loop. A lost entry emits an event, and is counted.
 */
export function createAuditRecorder(
  { store, clock, defer = (work) => work() }: LogDeps,
  lost: (event: AuthEvent) => void,
): (event: AuthEvent, client?: ClientInfo) => void {
  function write(entry: AuditEntry): void {
    const isLost = () => lost({ type: "timeline_entry_lost", event: entry.event, userId: entry.userId });
    try {
      store.appendAuditEntry(entry).catch(isLost);
    } catch {
      isLost(); // a store that throws instead of returning a promise
    }
  }
  return (event, client) => {
    const entry = toAuditEntry(event, clock.now(), client);
    if (!entry) return;
    if (revealingEvents.has(event.type)) defer(() => write(entry));
    else write(entry);
  };
}

/** An unknown user leaves no entry, so the time to write one would reveal that a user exists. */
const revealingEvents: ReadonlySet<AuthEvent["type"]> = new Set(["login_failed", "attempts_limited"]);

export interface AuditPageQuery {
  sessionId?: string | undefined;
  kind?: AuditKind | undefined;
  /** `next` of the page before. */
  before?: number | undefined;
  /** 1 to 100. */
  limit?: number | undefined;
}

export interface AuditPage {
  entries: StoredAuditEntry[];
  /** What to ask for as `before` to go on; null when there is nothing older. */
  next: number | null;
}

const usualPage = 20;
const largestPage = 100;

/**
 * The audit log of a user, newest first, a page at a time. Pages go by `seq`, so that no entry is lost or repeated. Within a
 * page entries are sorted by time, because an entry that waited for a lock was written late.
 */
export function createAuditLogReader({ store }: Pick<LogDeps, "store">) {
  return async (userId: string, query: AuditPageQuery = {}): Promise<AuditPage> => {
    const { sessionId, kind, before: beforeSeq } = query;
    const events = kind && eventsOfKind[kind];
    const limit = Math.min(largestPage, Math.max(1, Math.floor(query.limit ?? usualPage)));
    // One more than the page shows whether there is a next one.
    const found = await store.listAuditEntries({ userId, sessionId, events, beforeSeq, limit: limit + 1 });
    const page = found.slice(0, limit);
    const next = found.length > limit ? (page.at(-1)?.seq ?? null) : null;
    return { entries: page.sort((a, b) => b.at - a.at || b.seq - a.seq), next };
  };
}
