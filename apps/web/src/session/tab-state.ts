import type { EndReason } from "@watchword/auth/client";

/** What a tab with private data does about the session that it was opened with. */
export type TabState =
  /** The login goes on. */
  | { is: "open" }
  /** The session is gone and the reason is not known yet. The page is out of sight meanwhile. */
  | { is: "waiting" }
  /** The session is over: the page is out of sight, and the password is asked for in front of it. */
  | { is: "asking"; reason: EndReason }
  /** On the way to another page by a full load, which takes everything of the session out of memory. */
  | { is: "leaving"; to: "login" | "same page" };

/** From a call of its own, from the cookie that all tabs see, or from another tab. */
export type TabEvent =
  /** The server has said that the session is over. */
  | { type: "session_ended"; reason: EndReason }
  /** The user logged out on this device, on purpose. */
  | { type: "logged_out" }
  /** The cookie of the session is gone. The reason arrives a moment before or after, or never. */
  | { type: "nobody" }
  /** The moment in which a reason would have come is over. */
  | { type: "no_reason_came" }
  /** Another user is logged in by now. */
  | { type: "somebody_else" }
  /** The same user has logged in again, here or in another tab. */
  | { type: "same_user_again" };

/**
 * Decides what becomes of a tab. Pure, and complete: whatever events arrive in whatever order, a tab never shows one user's
 * page under another's login, and what a user typed is dropped only when they logged out themselves or another user
 * came.
 */
export function nextTabState(state: TabState, event: TabEvent): TabState {
  if (state.is === "leaving") return state;
  switch (event.type) {
    case "logged_out":
      return { is: "leaving", to: "login" };
    case "somebody_else":
      return { is: "leaving", to: "same page" };
    case "session_ended":
      return state.is === "asking" ? state : { is: "asking", reason: event.reason };
    case "nobody":
      return state.is === "open" ? { is: "waiting" } : state;
    case "no_reason_came":
      return state.is === "waiting" ? { is: "leaving", to: "login" } : state;
    case "same_user_again":
      return { is: "open" };
  }
}

/** Whether the page, and what is kept of it in memory, has to be out of sight. */
export function isHidden(state: TabState): boolean {
  return state.is !== "open";
}
