import type { Clock } from "../domain/clock.ts";
import type { AuthEvent } from "../domain/events.ts";
import type { ClientInfo } from "../domain/model.ts";
import type { AuditEntry, AuditStore, StoredAuditEntry } from "../ports/audit-store.ts";
import { toAuditEntry } from "./entry.ts";

interface LogDeps {
  store: AuditStore;
  clock: Clock;
  /** See `AuthOptions.defer`. */
  defer?: ((work: () => void) => void) | undefined;
}

/**
 * Writes down what is told, and waits for nobody: an entry that cannot be written decides about no login, and one that has
 * to wait for a lock must not make anybody wait for their page. SQLite writes it before the answer leaves in any case,
 * unless another process holds the lock at that very moment. What is lost is told as an event, and counted.
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
      isLost(); // a store that does not even answer with a promise
    }
  }
  return (event, client) => {
    const entry = toAuditEntry(event, clock.now(), client);
    if (!entry) return;
    if (tellsOfAUser.has(event.type)) defer(() => write(entry));
    else write(entry);
  };
}

/** Where somebody unknown leaves no entry, and so by the time that it takes to write one could be told from a user. */
const tellsOfAUser: ReadonlySet<AuthEvent["type"]> = new Set(["login_failed", "attempts_limited"]);

export interface AuditPageQuery {
  sessionId?: string | undefined;
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
 * What happened to a user, newest first, a page at a time. Pages go by `seq`, so that none is lost and none doubled; within
 * one, things stand in the order in which they happened: an entry that had to wait for a lock was written too late.
 */
export function createAuditLogReader({ store }: Pick<LogDeps, "store">) {
  return async (userId: string, query: AuditPageQuery = {}): Promise<AuditPage> => {
    const { sessionId, before: beforeSeq } = query;
    const limit = Math.min(largestPage, Math.max(1, Math.floor(query.limit ?? usualPage)));
    // One more than is shown says whether there is more.
    const found = await store.listAuditEntries({ userId, sessionId, beforeSeq, limit: limit + 1 });
    const page = found.slice(0, limit);
    const next = found.length > limit ? (page.at(-1)?.seq ?? null) : null;
    return { entries: page.sort((a, b) => b.at - a.at || b.seq - a.seq), next };
  };
}
