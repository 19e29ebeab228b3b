"use client";

import { createCookieSession } from "@watchword/auth/client";
import { tabOptions } from "#devtools/tab";
import { withFragment } from "../../ui/fragment.ts";
import { loginIsNeeded } from "../tab-state-store.ts";

/** This tab's hold on the session, and where the router is. One for all clients in the tab: they refresh once together. */
export const routerUrl = "/api/trpc";

export const session = createCookieSession({
  url: routerUrl,
  ...tabOptions,
  onEnded: loginIsNeeded,
});

/** The page to come back to. On the way through `/reconnect` that is the one behind it. */
export function here(): string {
  const { pathname, search, hash } = window.location;
  const next = pathname === "/reconnect" ? new URLSearchParams(search).get("next") : null;
  return withFragment(next || pathname + search, hash);
}
