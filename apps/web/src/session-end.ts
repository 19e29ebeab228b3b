/**
 * Carries why a session ended from the proxy, which finds it out and clears the cookies, to the page, which says it.
 * Only the wording hangs on it: whoever forges it is told something wrong, by themselves.
 */
export const endedHeader = "x-watchword-session-ended";

/** The word for an end that the login page has a sentence for; undefined when there was no session to end. */
export function endedWord(reason: string): "expired" | "reused" | "revoked" | undefined {
  if (reason === "session_expired") return "expired";
  if (reason === "refresh_token_reused") return "reused";
  if (["session_revoked", "refresh_token_invalid", "account_disabled"].includes(reason)) return "revoked";
  return undefined;
}

/** The login page that says why one is there, and brings one back to `next`. */
export function loginAfter(reason: string, next: string): string {
  const from = endedWord(reason);
  return `/login?next=${encodeURIComponent(next)}${from ? `&from=${from}` : ""}`;
}
