import type { Clock, Delay } from "./domain/clock.ts";
import { AuthError } from "./domain/errors.ts";
import type { CleanupStore } from "./ports/cleanup-store.ts";

export interface CleanupOptions extends Partial<CleanupLimits> {
  store: CleanupStore;
  clock: Clock;
  delay: Delay;
  /** The setting of the rules: a session without a refresh for this long is over. */
  refreshIdleSeconds: number;
  /** Other work for each round, one after the other. */
  tasks?: ReadonlyArray<() => Promise<unknown>>;
  /** Called with the number of rows that a step removed, if any. */
  onRemoved?: (table: "sessions" | "timeline", rows: number) => void;
  /** Called with every error but a busy database. The next round tries again. */
  onError?: (error: unknown) => void;
}

interface CleanupLimits {
  /**
   * How long a session is kept after its end. Until then a client with its token gets the reason why it ended; later, only that
   * the token is invalid. A reuse of a token in that time is still detected.
   */
  keepEndedSessionsSeconds: number;
  /** How long audit entries are kept. */
  keepTimelineSeconds: number;
  /** Rows read in one step: some milliseconds, in which no other process can write. */
  window: number;
  /** Between two steps, so that other processes can write. */
  stepPauseMs: number;
  /** Between two rounds of which the last one removed something. */
  roundPauseMs: number;
  /** After a round that found nothing to remove. */
  idlePauseMs: number;
}

const day = 86_400;

export const cleanupDefaults: CleanupLimits = {
  keepEndedSessionsSeconds: 7 * day,
  keepTimelineSeconds: 180 * day,
  window: 500,
  stepPauseMs: 100,
  roundPauseMs: 60_000,
  idlePauseMs: 3_600_000,
};

/** Runs rounds until the signal aborts. Resolves then, and never rejects. */
type Cleanup = (signal: AbortSignal) => Promise<void>;

export function createCleanup(options: CleanupOptions): Cleanup {
  const { delay, tasks = [] } = options;
  const { stepPauseMs, roundPauseMs, idlePauseMs } = limitsOf(options);
  const tables = [cleanSessions(options), cleanAuditLog(options)];

  return async (signal) => {
    while (!signal.aborted) {
      for (const task of tasks) await tryTask(task, options);
      let removed = 0;
      for (const cleanTable of tables) removed += await cleanWholeTable(cleanTable, signal);
      await delay(removed > 0 ? roundPauseMs : idlePauseMs, signal);
    }
  };

  /** Cleans a whole table. A step that finds the database busy is retried after the same pause. */
  async function cleanWholeTable(cleanTable: TableCleanup, signal: AbortSignal): Promise<number> {
    let total = 0;
    const step = cleanTable();
    for (let more = true; more && !signal.aborted; await delay(stepPauseMs, signal)) {
      const result = await tryTask(step, options);
      if (result === "busy") continue;
      total += result?.removed ?? 0;
      more = result?.more ?? false;
    }
    return total;
  }
}

/** Begins at the smallest key; each call is one step. */
type TableCleanup = () => () => Promise<{ removed: number; more: boolean }>;

function cleanSessions(options: CleanupOptions): TableCleanup {
  const { store, clock, refreshIdleSeconds, onRemoved } = options;
  const { window, keepEndedSessionsSeconds } = limitsOf(options);
  return () => {
    let after: string | null = null;
    return async () => {
      const endedBefore = clock.now() - keepEndedSessionsSeconds * 1000;
      const idleSince = endedBefore - refreshIdleSeconds * 1000;
      const { removed, next } = await store.removeEndedSessions({ after, window, endedBefore, idleSince });
      if (removed > 0) onRemoved?.("sessions", removed);
      after = next;
      return { removed, more: next !== null };
    };
  };
}

/** Entries are in the order of their time, so the first window without an old one is the last to read. */
function cleanAuditLog(options: CleanupOptions): TableCleanup {
  const { store, clock, onRemoved } = options;
  const { window, keepTimelineSeconds } = limitsOf(options);
  return () => {
    let after: number | null = null;
    return async () => {
      const before = clock.now() - keepTimelineSeconds * 1000;
      const { removed, next } = await store.removeOldAuditEntries({ after, window, before });
      if (removed > 0) onRemoved?.("timeline", removed);
      after = next;
      return { removed, more: next !== null && removed > 0 };
    };
  };
}

function limitsOf(options: CleanupOptions): CleanupLimits {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...cleanupDefaults, ...Object.fromEntries(given) };
}

/** An error is reported, and ends neither the round nor the process. */
async function tryTask<T>(work: () => Promise<T>, { onError }: CleanupOptions): Promise<T | "busy" | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AuthError && error.reason === "temporarily_unavailable") return "busy";
    onError?.(error);
    return undefined;
  }
}
