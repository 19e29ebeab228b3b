import { AuthError } from "@watchword/auth/core";
import { type CookieAttributes, clientOf, headersSink } from "@watchword/auth/trpc";
import { type NextRequest, NextResponse } from "next/server";
import { getServer } from "./server/server.ts";
import { endedHeader } from "./session-end.ts";

/**
 * Refreshes before a page renders, so that its first paint knows who is there. It only refreshes: who may see what is
 * decided by each procedure and each page, and nothing is lost but comfort when this file is not there.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { auth, transport, env } = getServer();
  const refreshToken = await refreshTokenWhenDue(request);
  if (refreshToken === undefined) return NextResponse.next();
  const changes: CookieChange[] = [];
  const sink = { set: (...change: CookieChange) => void changes.push(change) };
  try {
    const client = clientOf(request.headers, env.trustedProxyHops);
    transport.setCookies(sink, request.headers, await auth.refresh({ refreshToken, delivery: "cookie", client }));
    return goOn(request, changes);
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    if (!error.terminal) return NextResponse.next(); // a server that is busy logs nobody out
    transport.clearCookies(sink, request.headers);
    return goOn(request, changes, error.reason);
  }
}

export const config = {
  matcher: [
    {
      // Pages and downloads. Not the router, which answers for itself, and not what has no user.
      source: "/((?!api/trpc|_next/|\\.well-known/|.*\\.(?:svg|ico|png|txt|webmanifest)$).*)",
      // A page that is only fetched ahead must not spend a token.
      missing: [
        { type: "header", key: "next-router-prefetch" },
        { type: "header", key: "purpose", value: "prefetch" },
        { type: "header", key: "sec-purpose" },
      ],
    },
  ],
};

/** Seconds before the end at which a page is better rendered with a new token. */
const marginSeconds = 10;

/** The refresh token, when there is one and the access token is not good for this page. */
async function refreshTokenWhenDue({ headers }: NextRequest): Promise<string | undefined> {
  const { auth, transport } = getServer();
  let refreshToken: string | undefined;
  try {
    refreshToken = transport.refreshCookie(headers);
    const accessToken = transport.accessToken(headers);
    if (refreshToken === undefined || accessToken === undefined) return refreshToken;
    const { expiresIn } = await auth.verify(accessToken);
    const margin = Math.min(marginSeconds, auth.settings.accessTokenTtlSeconds / 4);
    return expiresIn > margin ? undefined : refreshToken;
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    return refreshToken; // run out, or signed with a key that was replaced; or the session is over, and will be said to be
  }
}

type CookieChange = [name: string, value: string, attributes: CookieAttributes];

/**
 * Lets the page render as if the browser had sent the changed cookies already, and sends the browser the same. By hand,
 * because Next's own way to do both sends a deleted cookie a second time, and then as an empty one that stays.
 */
function goOn(request: NextRequest, changes: readonly CookieChange[], ended?: string): NextResponse {
  const headers = new Headers(request.headers);
  const jar = new Map(request.cookies.getAll().map(({ name, value }) => [name, value]));
  for (const [name, value] of changes) {
    if (value === "") jar.delete(name);
    else jar.set(name, value);
  }
  headers.set("cookie", Array.from(jar, ([name, value]) => `${name}=${value}`).join("; "));
  if (ended !== undefined) headers.set(endedHeader, ended);
  const response = NextResponse.next({ request: { headers } });
  const sink = headersSink(response.headers);
  for (const change of changes) sink.set(...change);
  return response;
}
