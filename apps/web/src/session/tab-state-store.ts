"use client";

import type { EndReason } from "@watchword/auth/client";
import { endedWord } from "../messages/session-end.ts";
import { postToOtherTabs } from "./tab-channel.ts";
import { nextTabState, type TabEvent, type TabState } from "./tab-state.ts";

/** The state of this tab, for what shows it or waits for it. */
export interface TabStateStore {
  current(): TabState;
  dispatch(event: TabEvent): void;
  /** Calls back after every change. Returns what stops it. */
  subscribe(listener: () => void): () => void;
  /**
   * Resolves true when the same user is logged in again, and false when the tab is on its way elsewhere, or shows a page
   * that never asks for a password.
   */
  settled(): Promise<boolean>;
}

export function createTabStateStore(): TabStateStore {
  let state: TabState = { is: "open" };
  const listeners = new Set<() => void>();

  return {
    current: () => state,

    dispatch(event) {
      const next = nextTabState(state, event);
      if (next === state || (next.is === "open" && state.is === "open")) return;
      state = next;
      for (const listener of [...listeners]) listener();
    },

    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    settled() {
      if (listeners.size === 0) return Promise.resolve(state.is === "open");
      return new Promise((resolve) => {
        const check = () => {
          if (state.is !== "open" && state.is !== "leaving") return;
          listeners.delete(check);
          resolve(state.is === "open");
        };
        listeners.add(check);
        check();
      });
    },
  };
}

/** The one of this tab. */
export const tabState = createTabStateStore();

/**
 * Says that a call found the session over, and waits for what becomes of it: true when it is worth making the call again.
 * A reason that tells of no session, because there are no cookies any more, is no more than the cookie says to all tabs.
 */
export function loginIsNeeded(reason: EndReason): Promise<boolean> {
  const isOver = endedWord(reason) !== undefined;
  if (isOver) postToOtherTabs({ type: "session_ended", reason });
  tabState.dispatch(isOver ? { type: "session_ended", reason } : { type: "nobody" });
  return tabState.settled();
}
