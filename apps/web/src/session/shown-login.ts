"use client";

/** What a page shows of the login itself. */
export interface ShownLogin {
  /** Seconds until the access token runs out. */
  expiresIn: number;
  /** Seconds until the session ends if nothing refreshes it. */
  refreshExpiresIn: number;
  rotations: number;
}

/**
 * The login as it was last asked for in this tab: undefined while the page's own is the newest, null after the session has
 * ended. Apart from the cache of the client, because the home page is for visitors too, and loads no client for them.
 */
export const shownLogin = createShownLogin();

export function createShownLogin() {
  let newest: ShownLogin | null | undefined;
  const listeners = new Set<() => void>();
  return {
    newest: () => newest,
    /** Whether the page shows it: else there is nothing to be asked for again. */
    isShown: () => listeners.size > 0,
    show(login: ShownLogin | null): void {
      newest = login;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
