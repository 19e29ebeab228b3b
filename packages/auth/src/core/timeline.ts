import type { AuthParts } from "./auth.ts";
import type { AuthOptions } from "./config.ts";
import type { AuthEvent } from "./events.ts";
import type { MailLinkKind } from "./mail-link.ts";
import type { RevokedReason, Role } from "./store.ts";
import { type ClientInfo, storableUserAgent } from "./token-issuer.ts";

/**
 * The port to what happened to accounts and sessions, for people who ask why. Entries are appended and never changed. Of
 * each kind of entry, which is its event and its detail, the newest 50 of each session are kept, and of each user the newest
 * 200 that belong to no session: nobody can fill a disk with one account, and wrong passwords push nothing out but others.
 *
 * `session_created` and `session_expired` are the store's own to write, at the same stroke as what they tell of: a session
 * never begins or ends without its entry, whoever ended it and however many went along.
 */
export interface TimelineStore {
  /** Adds one entry, as the newest. */
  appendTimeline(entry: TimelineEntry): Promise<void>;

  /** A user's entries, the newest first: at most `limit` of them, of one session if asked, from before `beforeSeq`. */
  listTimeline(query: TimelineQuery): Promise<TimelineRecord[]>;

  /** What each session of a user but that one said of itself when it began, as far back as the entries go; each once. */
  listDevices(query: { userId: string; exceptSessionId: string }): Promise<Array<string | null>>;
}

export interface TimelineQuery {
  userId: string;
  sessionId?: string | undefined;
  beforeSeq?: number | undefined;
  limit: number;
}

export interface TimelineEntry extends ClientInfo {
  at: number;
  event: TimelineEvent;
  outcome: "success" | "failure";
  /** Whose account it is about. */
  userId: string;
  sessionId: string | null;
  /** Who did it, where that is not the user: an administrator. */
  actorId: string | null;
  /** A word of ours, such as why a session ended; never anything typed. */
  detail: TimelineDetail | null;
}

export interface TimelineRecord extends TimelineEntry {
  /** Grows with each entry of any user. */
  seq: number;
  /** The device that the session began on, as long as that entry is kept: an end does not know where it came from. */
  sessionUserAgent: string | null;
}

/** After OWASP's Logging Vocabulary, so that whoever reads logs of many systems need not learn ours. */
export type TimelineEvent =
  | "authn_login_success"
  | "authn_login_fail"
  | "authn_login_fail_max"
  | "authn_password_change"
  | "authn_password_change_fail"
  | "authn_reauth_success"
  | "authn_reauth_fail"
  | "authn_token_created"
  | "authn_token_reuse"
  | "authz_admin"
  | "authz_change"
  | "sensitive_read"
  | "session_created"
  | "session_renewed"
  | "session_expired"
  | "session_use_after_expire"
  | "user_created"
  | "user_deleted"
  | "user_updated";

export type TimelineDetail =
  | RevokedReason
  | "wrong_password"
  | "disabled"
  | "credentials_changed"
  | "rearmed"
  | "name"
  | "enabled"
  | "reset"
  | "email"
  | "email_verified"
  | "export"
  | MailLinkKind
  | Role;

type Told = Pick<TimelineEntry, "event" | "userId"> & Partial<TimelineEntry>;

/**
 * What an event leaves in the timeline, if anything. Undefined for what would only fill it: a million refreshes leave no
 * entry, and what a session's beginning or end is told by already is not told twice. A login of an unknown user belongs to
 * nobody, and is only counted.
 */
export function timelineEntryOf(event: AuthEvent, at: number, client: ClientInfo = nobodyKnown) {
  const told = tell(event);
  if (!told) return undefined;
  const entry: TimelineEntry = {
    at,
    outcome: "success",
    sessionId: null,
    actorId: null,
    detail: null,
    userAgent: storableUserAgent(client.userAgent),
    ipAddress: client.ipAddress,
    ...told,
  };
  return entry;
}

const nobodyKnown: ClientInfo = { userAgent: null, ipAddress: null };

function tell(event: AuthEvent): Told | undefined {
  switch (event.type) {
    case "user_registered":
      return { event: "user_created", userId: event.userId, sessionId: event.sessionId };
    case "login_succeeded":
      return { event: "authn_login_success", userId: event.userId, sessionId: event.sessionId };
    case "login_failed":
      if (event.userId === null || event.why === "unknown_user") return undefined;
      return { event: "authn_login_fail", outcome: "failure", userId: event.userId, detail: event.why };
    case "attempts_limited":
      if (event.userId === null) return undefined;
      return {
        event: "authn_login_fail_max",
        outcome: "failure",
        userId: event.userId,
        sessionId: event.sessionId,
      };
    case "session_refreshed":
      if (event.how !== "rearmed") return undefined;
      return { event: "session_renewed", userId: event.userId, sessionId: event.sessionId, detail: "rearmed" };
    case "refresh_token_reused":
      return { event: "authn_token_reuse", outcome: "failure", userId: event.userId, sessionId: event.sessionId };
    case "password_changed":
      return { event: "authn_password_change", userId: event.userId, sessionId: event.sessionId };
    case "password_change_failed":
      return {
        event: "authn_password_change_fail",
        outcome: "failure",
        userId: event.userId,
        sessionId: event.sessionId,
        detail: "wrong_password",
      };
    case "password_confirmed":
      return { event: "authn_reauth_success", userId: event.userId, sessionId: event.sessionId };
    case "password_confirm_failed":
      return {
        event: "authn_reauth_fail",
        outcome: "failure",
        userId: event.userId,
        sessionId: event.sessionId,
        detail: "wrong_password",
      };
    case "name_changed":
      return { event: "user_updated", userId: event.userId, sessionId: event.sessionId, detail: "name" };
    case "password_reset":
      return { event: "authn_password_change", userId: event.userId, detail: "reset" };
    case "mail_link_made":
      return { event: "authn_token_created", userId: event.userId, detail: event.kind };
    case "email_verified":
      return { event: "user_updated", userId: event.userId, detail: "email_verified" };
    case "email_changed":
      return { event: "user_updated", userId: event.userId, detail: "email" };
    case "account_deleted":
      return { event: "user_deleted", userId: event.userId };
    case "data_exported":
      return { event: "sensitive_read", userId: event.userId, sessionId: event.sessionId, detail: "export" };
    case "user_disabled":
      return { event: "user_updated", userId: event.userId, actorId: event.actorId, detail: "disabled" };
    case "user_enabled":
      return { event: "user_updated", userId: event.userId, actorId: event.actorId, detail: "enabled" };
    case "role_changed":
      return { event: "authz_change", userId: event.userId, actorId: event.actorId, detail: event.role };
    case "sessions_ended_by_admin":
      return { event: "authz_admin", userId: event.userId, actorId: event.actorId, detail: "ended_by_admin" };
    case "refresh_refused":
      // That a session ran out is told by nothing that happened, until somebody comes and wants to use it.
      if (event.userId === null || event.why !== "session_expired") return undefined;
      return {
        event: "session_use_after_expire",
        outcome: "failure",
        userId: event.userId,
        sessionId: event.sessionId,
      };
    case "logged_out":
    case "logged_out_everywhere":
    case "session_ended":
    case "other_sessions_ended":
    case "access_refused":
    case "password_hash_upgraded":
    case "password_hash_unusable":
    case "app_data_left":
    case "mail_settled":
    case "mail_order_lost":
    case "timeline_entry_lost":
      return undefined;
  }
}

/**
 * Writes down what is told, and waits for nobody: an entry that cannot be written decides about no login, and one that has
 * to wait for a lock must not make anybody wait for their page. SQLite writes it before the answer leaves in any case,
 * unless another process holds the lock at that very moment. What is lost is told as an event, and counted.
 */
export function createTimelineRecorder(
  { store, clock, defer = (work) => work() }: Pick<AuthParts, "store" | "clock"> & Pick<AuthOptions, "defer">,
  lost: (event: AuthEvent) => void,
): (event: AuthEvent, client?: ClientInfo) => void {
  function write(entry: TimelineEntry): void {
    const isLost = () => lost({ type: "timeline_entry_lost", event: entry.event, userId: entry.userId });
    try {
      store.appendTimeline(entry).catch(isLost);
    } catch {
      isLost(); // a store that does not even answer with a promise
    }
  }
  return (event, client) => {
    const entry = timelineEntryOf(event, clock.now(), client);
    if (!entry) return;
    if (tellsOfAUser.has(event.type)) defer(() => write(entry));
    else write(entry);
  };
}

/** Where somebody unknown leaves no entry, and so by the time that it takes to write one could be told from a user. */
const tellsOfAUser: ReadonlySet<AuthEvent["type"]> = new Set(["login_failed", "attempts_limited"]);

export interface TimelinePageQuery {
  sessionId?: string | undefined;
  /** `next` of the page before. */
  before?: number | undefined;
  /** 1 to 100. */
  limit?: number | undefined;
}

export interface TimelinePage {
  entries: TimelineRecord[];
  /** What to ask for as `before` to go on; null when there is nothing older. */
  next: number | null;
}

const usualPage = 20;
const largestPage = 100;

/**
 * What happened to a user, newest first, a page at a time. Pages go by `seq`, so that none is lost and none doubled; within
 * one, things stand in the order in which they happened: an entry that had to wait for a lock was written too late.
 */
export function createTimelineList({ store }: Pick<AuthParts, "store">) {
  return async (userId: string, query: TimelinePageQuery = {}): Promise<TimelinePage> => {
    const { sessionId, before: beforeSeq } = query;
    const limit = Math.min(largestPage, Math.max(1, Math.floor(query.limit ?? usualPage)));
    // One more than is shown says whether there is more.
    const found = await store.listTimeline({ userId, sessionId, beforeSeq, limit: limit + 1 });
    const page = found.slice(0, limit);
    const next = found.length > limit ? (page.at(-1)?.seq ?? null) : null;
    return { entries: page.sort((a, b) => b.at - a.at || b.seq - a.seq), next };
  };
}
