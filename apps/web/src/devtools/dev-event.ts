/** Names the tab that a request comes from. Sent in development only, and believed only there. */
export const tabHeader = "x-watchword-tab";

export type DevEventKind =
  | "issued"
  | "expired"
  | "rotated"
  | "repeated"
  | "rearmed"
  | "lost"
  | "refused"
  | "reused"
  | "logged_out"
  | "password_changed";

/** One moment in the life of a session's tokens. Never a token, a secret, or who it is. */
export interface DevEvent {
  /** Counts up from 1 for as long as the server runs. */
  seq: number;
  /** Milliseconds since 1970. */
  at: number;
  kind: DevEventKind;
  /** The session's short name; null where it is not known. */
  session: string | null;
  /** The generation that the session is at afterwards; for a rejection, the one that was presented. */
  generation: number | null;
  /** A tab's name, or who else: `page` (the proxy and server actions), `program` (no browser), `copy` (the replay switch). */
  by: string;
  delivery: "cookie" | "body" | null;
  tookMs: number | null;
  /** The reason of a rejection. */
  why: string | null;
}

/** A session's short name: the end of its id, which is random. The beginning is a time, and alike for all of a minute. */
export function shortName(sessionId: string): string {
  return sessionId.slice(-6);
}
