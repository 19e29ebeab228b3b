/**
 * Carries why a session ended from the proxy, which finds it out and clears the cookies, to the page, which says it.
 * Only the wording hangs on it: whoever forges it is told something wrong, by themselves.
 */
export const endedHeader = "x-watchword-session-ended";

/** What the login page says to somebody who stands there without having asked to. Said once: nothing has to be put right. */
const sentences = {
  logout: "You are logged out on this device.",
  expired: "Your login ran out. Log in again to go on where you were.",
  revoked: "You were logged out on this device from somewhere else, or because your password was changed.",
  reused:
    "You were logged out on this device because its key was used twice. If that was not you, change your password after you log in.",
} as const;

type EndedWord = Exclude<keyof typeof sentences, "logout">;

/** The word for an end that there is a sentence for; undefined when there was no session to end. */
export function endedWord(reason: string): EndedWord | undefined {
  if (reason === "session_expired") return "expired";
  if (reason === "refresh_token_reused") return "reused";
  if (["session_revoked", "refresh_token_invalid", "account_disabled"].includes(reason)) return "revoked";
  return undefined;
}

/** The sentence that belongs to the word in a login page's address, whatever stands there. */
export function sentenceOf(word: string | undefined): string | undefined {
  return word !== undefined && Object.hasOwn(sentences, word) ? sentences[word as keyof typeof sentences] : undefined;
}

/** The login page that says why one is there, and brings one back to `next`. */
export function loginAfter(reason: string, next: string): string {
  const from = endedWord(reason);
  return `/login?next=${encodeURIComponent(next)}${from ? `&from=${from}` : ""}`;
}

/** Where a logout leads, in every tab. */
export const loginAfterLogout = "/login?from=logout";
