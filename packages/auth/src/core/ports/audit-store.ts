import type { AuditDetail, AuditEvent, ClientInfo } from "../domain/model.ts";

/**
 * The port to the audit log of accounts and sessions. Entries are appended and never changed. Of
 * each kind of entry, which is its event and its detail, the newest 50 of each session are kept, and of each user the newest
 * 200 that belong to no session: an attacker cannot fill the disk with one account, and wrong passwords displace only others.
 *
 * The store writes `session_created` and `session_expired` itself, in the transaction of the change: a session
 * never begins or ends without its entry.
 */
export interface AuditStore {
  /** Adds one entry, as the newest. */
  appendAuditEntry(entry: AuditEntry): Promise<void>;

  /** A user's entries, the newest first: at most `limit` of them, of one session or of some events if asked, from before `beforeSeq`. */
  listAuditEntries(query: AuditQuery): Promise<StoredAuditEntry[]>;

  /** The user agents of a user's other sessions, as far back as the entries go; each once. */
  listDevices(query: { userId: string; exceptSessionId: string }): Promise<Array<string | null>>;
}

export interface AuditQuery {
  userId: string;
  sessionId?: string | undefined;
  /** Of these alone. */
  events?: readonly AuditEvent[] | undefined;
  beforeSeq?: number | undefined;
  limit: number;
}

export interface AuditEntry extends ClientInfo {
  at: number;
  event: AuditEvent;
  outcome: "success" | "failure";
  /** The user whose account it is about. */
  userId: string;
  sessionId: string | null;
  /** The administrator who did it; null where the user did. */
  actorId: string | null;
  /** One of our own words, such as why a session ended; never text that a user typed. */
  detail: AuditDetail | null;
}

export interface StoredAuditEntry extends AuditEntry {
  /** Grows with each entry of any user. */
  seq: number;
  /** The device that the session began on, as long as that entry is kept: an end does not know where it came from. */
  sessionUserAgent: string | null;
}
