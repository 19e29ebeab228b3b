"use client";

import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import type { AppRouter } from "@watchword/api";
import { refreshLink } from "@watchword/auth/client";
import { stepUpLink } from "@watchword/auth/client/step-up";
import { stepUpPrompt } from "../step-up-prompt.ts";
import { routerUrl, session } from "./tab-session.ts";

/** The router as a page calls it. The refresh link sends what sets cookies by itself, alone; the rest may share requests. */
export function createClient() {
  return createTRPCClient<AppRouter>({
    links: [
      stepUpLink({ stepUp: stepUpPrompt.ask }),
      refreshLink({ session }),
      splitLink({
        condition: ({ type }) => type === "subscription",
        true: httpSubscriptionLink({ url: routerUrl }),
        false: httpBatchLink({ url: routerUrl, maxItems: 20 }),
      }),
    ],
  });
}
