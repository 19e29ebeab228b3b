/**
 * The port to the cleanup of rows that are no longer needed, in small steps: a window of rows at a time, by their key, from
 * the smallest to the greatest. There is no list of expired rows, because each refresh would have to write it.
 *
 * Any number of processes may do this at once, and while others refresh: what is removed is decided by one conditional
 * statement, whose condition is the opposite of the one that a refresh has. So a session is either refreshed before its
 * end or gone, and never comes back (fault case D15).
 */
export interface CleanupStore {
  /**
   * Reads the next `window` sessions and removes those that were revoked or expired at or before `endedBefore`, or were
   * refreshed for the last time at or before `idleSince`.
   */
  removeEndedSessions(step: SessionCleanupStep): Promise<CleanupResult<string>>;

  /** Reads the next `window` entries of the audit log, the oldest first, and removes those from before `before`. */
  removeOldAuditEntries(step: AuditCleanupStep): Promise<CleanupResult<number>>;
}

export interface SessionCleanupStep {
  /** Where the step before came to; null for the first. */
  after: string | null;
  window: number;
  endedBefore: number;
  idleSince: number;
}

export interface AuditCleanupStep {
  after: number | null;
  window: number;
  before: number;
}

export interface CleanupResult<Key> {
  removed: number;
  /** Where the next step begins; null when this was the last. */
  next: Key | null;
}
