/** What this program knows about its session. */
export type SessionState =
  /** No tokens are in use. */
  | "none"
  /** Tokens are in use, and the access token is not known to run out soon. */
  | "valid"
  /** The access token is about to run out. */
  | "due"
  /** New tokens are requested. */
  | "refreshing"
  /** The server has said that the session is over, and no other tokens have been seen since. */
  | "ended"
  /** A login or logout is being sent. */
  | "suspended";

export type StateEvent =
  /** Other tokens are in use than before: of a login or a refresh, here or in another tab or process. */
  | "replaced"
  /** There are no tokens any more. */
  | "absent"
  /** The access token in use is about to run out. */
  | "expiring"
  /** A caller needs new tokens. */
  | "refresh"
  /** The refresh in flight has settled, or was cancelled. */
  | "finished"
  /** The server rejected a call, because the session is over. */
  | "rejected"
  /** The server rejected the refresh itself, because the session is over. */
  | "refresh_rejected"
  /** The hint cookie has shown that the user is gone. */
  | "lost"
  /** A login or logout is sent. */
  | "suspend"
  /** It has settled. */
  | "resume";

export type SessionEffect =
  /** Start a refresh, or join the one in flight. */
  | "refresh"
  /** Wait until the login or logout has settled, then decide again. */
  | "wait"
  /** Cancel the refresh in flight. */
  | "cancel"
  /** Tell the app that the session is over. */
  | "notify";

type Behind = Exclude<SessionState, "suspended">;

/** Suspended while logins or logouts are being sent. What was before goes on behind that. */
export type Session = readonly [behind: Behind, suspensions: number];

type Row = Partial<Record<StateEvent, readonly [next: Behind, ...effects: SessionEffect[]]>>;

const going: Row = {
  replaced: ["valid"],
  absent: ["none"],
  refresh: ["refreshing", "refresh"],
  rejected: ["ended", "cancel", "notify"],
  refresh_rejected: ["ended", "notify"], // what waits for this refresh gets its error
  lost: ["none", "cancel"],
};

/** What follows from an event. One that a row does not name changes nothing. */
const table: Record<Behind, Row> = {
  none: going,
  valid: { ...going, expiring: ["due"] },
  due: going,
  refreshing: { ...going, finished: ["valid"] },
  // The app is told once: what else is rejected waits for its answer. Only other tokens are a new session.
  ended: { replaced: ["valid"], refresh: ["ended", "refresh"] },
};

/** The next state, and what is to be done. While a session is suspended a refresh waits; the rest changes what is behind. */
export function transition(session: Session, event: StateEvent): [next: Session, effects: readonly SessionEffect[]] {
  const [behind, suspensions] = session;
  if (event === "suspend") return [[behind, suspensions + 1], ["cancel"]];
  if (event === "resume") return [[behind, suspensions && suspensions - 1], []];
  if (event === "refresh" && suspensions) return [session, ["wait"]];
  const [next = behind, ...effects] = table[behind][event] ?? [];
  return [[next, suspensions], effects];
}
