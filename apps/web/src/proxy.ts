import { createRefreshProxy } from "@watchword/auth/next";
import { type NextRequest, NextResponse } from "next/server";
import { getServer } from "./server/server.ts";
import { endedHeader } from "./session-end.ts";

/** Refreshes before a page renders, and guards nothing: who may see what is decided by each procedure and each page. */
export function proxy(request: NextRequest): Promise<NextResponse> {
  const { auth, transport, env, source } = getServer();
  const refresh = createRefreshProxy({
    auth,
    transport,
    endedHeader,
    trustedProxyHops: env.trustedProxyHops,
    clientAddress: () => source.getStore()?.clientAddress,
  });
  return refresh(request, (headers) => NextResponse.next({ request: { headers } }));
}

export const config = {
  matcher: [
    {
      // Pages and downloads. Not the router, which answers for itself, and not what has no user.
      source: "/((?!api/trpc|api/health|_next/|\\.well-known/|.*\\.(?:svg|ico|png|txt|webmanifest)$).*)",
      // A page that is only fetched ahead must not spend a token.
      missing: [
        { type: "header", key: "next-router-prefetch" },
        { type: "header", key: "purpose", value: "prefetch" },
        { type: "header", key: "sec-purpose" },
      ],
    },
  ],
};
