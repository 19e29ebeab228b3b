import type { DevEvent } from "./dev-event.ts";

/** How much is left of a token's life, in seconds. */
export interface Life {
  left: number;
  whole: number;
}

/** The session whose cookies the browser holds. */
export interface WatchedSession {
  /** Its short name. */
  name: string;
  /** The generation of the refresh token that this browser holds. */
  generation: number;
  access: Life;
  refresh: Life;
  /** Why it is over; null while it lives. */
  ended: string | null;
  /** The next reply to a refresh will be lost. */
  losing: boolean;
  /** How many spent refresh tokens can be presented again: the last one, and the one before. */
  replayable: number;
}

/** What the panel shows at one read. */
export interface PanelState {
  session: WatchedSession | null;
  /** The youngest first. */
  events: DevEvent[];
}

export const switches = ["expire_access", "lose_next_reply", "replay_last", "replay_older"] as const;
export type Switch = (typeof switches)[number];
