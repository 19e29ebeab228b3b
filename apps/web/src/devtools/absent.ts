import type { Auth, AuthEventListener } from "@watchword/auth/core";
import type { FetchHandler } from "@watchword/auth/trpc";

/** Where the devtools hook into the server. */
export interface Watch {
  /** The same rules, and what they do is recorded. */
  auth(auth: Auth): Auth;
  /** The same handler; each request is known by its tab. */
  wrapHandler(handle: RequestHandler): RequestHandler;
  onEvent: AuthEventListener;
}

export type RequestHandler = FetchHandler;

/**
 * Replaces the devtools in every build with nothing. `imports` in package.json has `next dev` take
 * the devtools, and every build this file, so that no build reads a line of them.
 */
export const watch: Watch = { auth: (auth) => auth, wrapHandler: (handle) => handle, onEvent: () => {} };

/** What the tab's session is given, on top of its own options. */
export const tabOptions: { fetch?: typeof fetch } = {};

export function DevtoolsPanel(): null {
  return null;
}
