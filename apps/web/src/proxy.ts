import { randomBytes } from "node:crypto";
import { AuthError } from "@watchword/auth/core";
import { createRefreshProxy } from "@watchword/auth/next";
import { refuseCrossSite } from "@watchword/auth/trpc";
import { type NextRequest, NextResponse } from "next/server";
import { pagePolicyWith } from "./http/answer-headers.ts";
import { proxyTrust } from "./server/proxy-trust.ts";
import { getServer } from "./server/server.ts";
import { endedHeader } from "./session-end.ts";

const policyHeader = "content-security-policy";

/**
 * Refreshes before a page renders, and guards nothing: who may see what is decided by each procedure and each page. What another
 * site posts it refuses, and each page gets a policy with a nonce of its own.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { auth, transport, env, source } = getServer();
  if (isFromElsewhere(request, env.appUrl)) return refuse();
  const refresh = createRefreshProxy({
    auth,
    transport,
    endedHeader,
    ...proxyTrust(env),
    clientAddress: () => source.getStore()?.clientAddress,
  });
  return refresh(request, (headers) => {
    if (request.nextUrl.pathname.startsWith("/api/")) return NextResponse.next({ request: { headers } });
    const policy = pagePolicyWith(randomBytes(16).toString("base64"), env);
    headers.set(policyHeader, policy); // from here Next takes the nonce
    const response = NextResponse.next({ request: { headers } });
    response.headers.set(policyHeader, policy);
    return response;
  });
}

/**
 * Next compares `Origin` with the host by itself, and lets `Origin: null` pass, which is what a sandboxed frame of another site
 * says: enough to log somebody in to an account of the attacker's.
 */
function isFromElsewhere({ method, headers }: NextRequest, appUrl: string): boolean {
  if (method === "GET" || method === "HEAD") return false;
  try {
    refuseCrossSite(headers, appUrl);
    return false;
  } catch (error) {
    if (error instanceof AuthError) return true;
    throw error;
  }
}

function refuse(): NextResponse {
  const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
  return new NextResponse("This came from another site, so nothing was done\n", { status: 403, headers });
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
