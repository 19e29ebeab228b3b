"use client";

import { createCookieSession } from "@watchword/auth/client";
import { loginAfter } from "../session-end.ts";

/** This tab's hold on the session, and where the router is. One for all clients in the tab: they refresh once together. */
export const routerUrl = "/api/trpc";

export const session = createCookieSession({
  url: routerUrl,
  // A full load: nothing of the session that ended may stay in memory.
  onEnded: (reason) => window.location.replace(loginAfter(reason, here())),
});

/** The page to come back to. On the way through `/reconnect` that is the one behind it. */
function here(): string {
  const { pathname, search } = window.location;
  return (pathname === "/reconnect" && new URLSearchParams(search).get("next")) || pathname + search;
}
