import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { exportPath } from "./app/account/confirm-paths.ts";
import { isFromElsewhere } from "./http/page-request.ts";
import { pagePolicyWith } from "./http/response-headers.mjs";
import { getServer } from "./server/server.ts";

const policyHeader = "content-security-policy";

/**
 * Refreshes before a page renders, and guards nothing: who may see what is decided by each procedure and each page.
 *
 * On a host that only runs Next it also rejects what another site posts, and gives each page a policy with a nonce of its own. Under
 * `npm start` both are done before Next, for every request (`http/page-handler.ts`): the matcher below leaves some out.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { refreshFor, env, source } = getServer();
  const guarded = source.getStore()?.guarded ?? false;
  if (!guarded && isUnsafe(request) && isFromElsewhere(request.headers, env.appUrl)) return reject();
  const { pathname } = request.nextUrl;
  const refresh = refreshFor[isDownload(pathname) ? "download" : "page"];
  return refresh(request, (headers) => {
    if (guarded || pathname.startsWith("/api/")) return NextResponse.next({ request: { headers } });
    const policy = pagePolicyWith(randomBytes(16).toString("base64"), env);
    headers.set(policyHeader, policy); // from here Next takes the nonce
    const response = NextResponse.next({ request: { headers } });
    response.headers.set(policyHeader, policy);
    return response;
  });
}

function isDownload(path: string): boolean {
  return path.startsWith("/api/") || path === exportPath;
}

function isUnsafe({ method }: NextRequest): boolean {
  return method !== "GET" && method !== "HEAD";
}

function reject(): NextResponse {
  const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
  return new NextResponse("This request came from another site, so nothing was done\n", { status: 403, headers });
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
