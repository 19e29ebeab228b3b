import type { Clock, Delay } from "./domain/clock.ts";
import { AuthError } from "./domain/errors.ts";
import type { CleanupStore } from "./ports/cleanup-store.ts";

export interface CleanupOptions extends Partial<CleanupLimits> {
  store: CleanupStore;
  clock: Clock;
  wait: Delay;
  /** The setting of the rules: a session that nobody refreshed for this long is over. */
  refreshIdleSeconds: number;
  /** What else is due in each round, one after the other. */
  chores?: ReadonlyArray<() => Promise<unknown>>;
  /** Told how many rows a step removed, if any. */
  onRemoved?: (table: "sessions" | "timeline", rows: number) => void;
  /** Told of whatever goes wrong. The next round tries again. */
  onError?: (error: unknown) => void;
}

interface CleanupLimits {
  /**
   * For how long a session is kept after its end. As long as it is there, whoever comes back with its token is told why it
   * ended; later, only that it is not valid. And a token used twice in that time is still told from one never heard of.
   */
  keepEndedSessionsSeconds: number;
  /** For how long it is known what happened. */
  keepTimelineSeconds: number;
  /** Rows looked at in one step: some milliseconds, in which nobody else can write. */
  window: number;
  /** Between two steps, so that others get their turn. */
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

/** Clears away, round after round and step by step, until the signal aborts. Resolves then, and never rejects. */
type Housekeeping = (signal: AbortSignal) => Promise<void>;

export function createCleanup(options: CleanupOptions): Housekeeping {
  const { wait, chores = [] } = options;
  const { stepPauseMs, roundPauseMs, idlePauseMs } = limitsOf(options);
  const sweeps = [cleanSessions(options), cleanAuditLog(options)];

  return async (signal) => {
    while (!signal.aborted) {
      for (const chore of chores) await attempt(chore, options);
      let removed = 0;
      for (const sweep of sweeps) removed += await toTheEnd(sweep, signal);
      await wait(removed > 0 ? roundPauseMs : idlePauseMs, signal);
    }
  };

  /** Goes through a whole table. A database that is busy is asked for the same step again after the same pause. */
  async function toTheEnd(sweep: Sweep, signal: AbortSignal): Promise<number> {
    let total = 0;
    const step = sweep();
    for (let more = true; more && !signal.aborted; await wait(stepPauseMs, signal)) {
      const swept = await attempt(step, options);
      if (swept === "busy") continue;
      total += swept?.removed ?? 0;
      more = swept?.more ?? false;
    }
    return total;
  }
}

/** Begins at the smallest key; each call is one step. */
type Sweep = () => () => Promise<{ removed: number; more: boolean }>;

function cleanSessions(options: CleanupOptions): Sweep {
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

/** The entries stand in the order of their time: a window without an old one is the end, long before the newest. */
function cleanAuditLog(options: CleanupOptions): Sweep {
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

/** Whatever fails is told, and ends neither the round nor the process. */
async function attempt<T>(work: () => Promise<T>, { onError }: CleanupOptions): Promise<T | "busy" | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AuthError && error.reason === "temporarily_unavailable") return "busy";
    onError?.(error);
    return undefined;
  }
}
