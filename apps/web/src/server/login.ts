import "server-only";
import { AuthError, type AuthErrorReason, type RevokedReason } from "@watchword/auth/core";
import type { SessionOutput, UserOutput } from "@watchword/auth/trpc";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { endedHeader, loginAfter } from "../messages/session-end.ts";
import { failureOf, getPageCaller } from "./caller.ts";
import { requestHeaders } from "./request.ts";
import { getServer } from "./server.ts";

/** Who is logged in, for a page. */
export interface CurrentLogin {
  user: UserOutput;
  session: SessionOutput;
  /** Seconds until the access token runs out. */
  expiresIn: number;
  /** Seconds until the session ends without a refresh. */
  refreshExpiresIn: number;
}

type SessionResult =
  | { login: CurrentLogin }
  | { login: null; why: AuthErrorReason; because: RevokedReason | undefined; error: unknown };

/** Asks the router, once for each request. It decides by itself, whatever the proxy did or did not do. */
const getSession = cache(async (): Promise<SessionResult> => {
  const caller = await getPageCaller();
  try {
    return { login: await caller.auth.me() };
  } catch (error) {
    const { reason, endedBecause } = failureOf(error);
    return { login: null, why: reason, because: endedBecause, error };
  }
});

/** Who is logged in, or null. For public pages. */
export async function currentLogin(): Promise<CurrentLogin | null> {
  return (await getSession()).login;
}

/**
 * Who is logged in, for pages that need a login. Others are sent to log in and brought back to `returnTo`; a login that
 * only waits for its refresh is renewed first.
 */
export async function requireLogin(returnTo: string): Promise<CurrentLogin> {
  const result = await getSession();
  if (result.login) return result.login;
  if (result.why === "internal_error") throw result.error; // an error of ours does not lead to the login page
  const ended = (await headers()).get(endedHeader);
  if (ended === null && (await mayStillBeRefreshed(result.why))) {
    redirect(`/reconnect?next=${encodeURIComponent(returnTo)}`);
  }
  redirect(loginAfter(ended ?? result.because ?? result.why, returnTo));
}

/** The proxy refreshes before a page renders. Where it could not (a busy database) or is not there, the page comes here. */
async function mayStillBeRefreshed(why: AuthErrorReason): Promise<boolean> {
  if (why === "temporarily_unavailable") return true;
  if (!["access_token_expired", "access_token_missing", "access_token_invalid"].includes(why)) return false;
  try {
    return getServer().tokenCookies.refreshCookie(await requestHeaders()) !== undefined;
  } catch (error) {
    if (error instanceof AuthError) return false;
    throw error;
  }
}
