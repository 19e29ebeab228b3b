import type { AuditDetail, AuditEvent, ClientInfo } from "../domain/model.ts";

/**
 * The port to what happened to accounts and sessions, for people who ask why. Entries are appended and never changed. Of
 * each kind of entry, which is its event and its detail, the newest 50 of each session are kept, and of each user the newest
 * 200 that belong to no session: nobody can fill a disk with one account, and wrong passwords push nothing out but others.
 *
 * `session_created` and `session_expired` are the store's own to write, at the same stroke as what they tell of: a session
 * never begins or ends without its entry, whoever ended it and however many went along.
 */
export interface AuditStore {
  /** Adds one entry, as the newest. */
  appendAuditEntry(entry: AuditEntry): Promise<void>;

  /** A user's entries, the newest first: at most `limit` of them, of one session if asked, from before `beforeSeq`. */
  listAuditEntries(query: AuditQuery): Promise<StoredAuditEntry[]>;

  /** What each session of a user but that one said of itself when it began, as far back as the entries go; each once. */
  listDevices(query: { userId: string; exceptSessionId: string }): Promise<Array<string | null>>;
}

export interface AuditQuery {
  userId: string;
  sessionId?: string | undefined;
  beforeSeq?: number | undefined;
  limit: number;
}

export interface AuditEntry extends ClientInfo {
  at: number;
  event: AuditEvent;
  outcome: "success" | "failure";
  /** Whose account it is about. */
  userId: string;
  sessionId: string | null;
  /** Who did it, where that is not the user: an administrator. */
  actorId: string | null;
  /** A word of ours, such as why a session ended; never anything typed. */
  detail: AuditDetail | null;
}

export interface StoredAuditEntry extends AuditEntry {
  /** Grows with each entry of any user. */
  seq: number;
  /** The device that the session began on, as long as that entry is kept: an end does not know where it came from. */
  sessionUserAgent: string | null;
}
