import type { Auth, AuthEventListener } from "@watchword/auth/core";
import type { FetchHandler } from "@watchword/auth/trpc";

/** Where the instrument takes hold of the server. */
export interface Watch {
  /** The same rules, and what they do is written down. */
  auth(auth: Auth): Auth;
  /** The same door, and whoever comes in is known by their tab. */
  door(handle: Door): Door;
  hear: AuthEventListener;
}

export type Door = FetchHandler;

/**
 * What stands in the instrument's place wherever the app is built: nothing. `imports` in package.json has `next dev` take
 * the instrument, and everybody else this file, so that no build ever reads a line of it.
 */
export const watch: Watch = { auth: (auth) => auth, door: (handle) => handle, hear: () => {} };

/** What the tab's session is given, on top of its own options. */
export const tabOptions: { fetch?: typeof fetch } = {};

export function Instrument(): null {
  return null;
}
