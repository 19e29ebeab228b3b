/**
 * The port to where one reads what happened to a user's sessions and files. No operation writes through it: the store notes each
 * change in the transaction that makes it, also when another process does.
 */
export interface ChangeFeed {
  /** The `seq` of the user's newest change; 0 when there was none yet. */
  newest(userId: string): Promise<number>;
  /**
   * The user's changes after that `seq`, oldest first, each exactly once: a change that becomes visible later has a greater
   * `seq` than all that were visible before. `forgotten` when some may be missing, because only the newest of each user are
   * kept. One read by an index, made for being asked again and again.
   */
  changesAfter(userId: string, seq: number): Promise<Change[] | "forgotten">;
}

export interface Change {
  /** Grows with each change of any user, and is never used again. */
  seq: number;
  kind: "file_added" | "file_removed" | "session_started" | "session_ended";
  /** The file's or the session's id. */
  subjectId: string;
  /** Milliseconds since 1970. */
  createdAt: number;
}
