/**
 * Carries why a session ended from the proxy, which finds it out and clears the cookies, to the page, which says it.
 * Only the wording depends on it: a client that forges it misleads itself alone.
 */
export const endedHeader = "x-watchword-session-ended";

/** What the login page says to a user who was led there. Said once: nothing has to be put right. */
const sentences = {
  logout: "You are logged out on this device.",
  reset: "Your new password is set. Log in with it. You were logged out on every device.",
  chosen: "Your password is set. Log in with it.",
  deleted: "Your account is deleted, with all its data.",
  unfinished:
    "Your login was not finished: it took too long, had too many wrong codes, or was begun on another device. Log in again.",
  expired: "Your session expired. Log in again to continue where you were.",
  revoked: "You were logged out on this device from another device.",
  password: "You were logged out on this device because your password was changed.",
  elsewhere: "You were logged out on this device: you ended this session from another one.",
  admin: "An administrator ended your session on this device.",
  room: "You are logged in on too many devices, so this session, the oldest, was ended.",
  disabled: "This account has been disabled.",
  reused:
    "You were logged out on this device because its refresh token was used twice. If that was not you, change your password after you log in.",
} as const;

type EndedWord = Exclude<keyof typeof sentences, "logout" | "reset" | "chosen" | "deleted" | "unfinished">;

/** The word for an end that there is a sentence for; undefined when there was no session to end. */
export function endedWord(reason: string): EndedWord | undefined {
  return words.get(reason);
}

const words = new Map<string, EndedWord>([
  ["session_expired", "expired"],
  ["refresh_token_reused", "reused"],
  ["session_revoked", "revoked"],
  ["refresh_token_invalid", "revoked"],
  ["logout", "revoked"],
  ["account_disabled", "disabled"],
  ["password_changed", "password"],
  ["ended_by_user", "elsewhere"],
  ["ended_by_admin", "admin"],
  ["too_many_sessions", "room"],
]);

/** The sentence that belongs to the word in a login page's address, whatever stands there. */
export function sentenceOf(word: string | undefined): string | undefined {
  return word !== undefined && Object.hasOwn(sentences, word) ? sentences[word as keyof typeof sentences] : undefined;
}

/** The login page that says why one is there, and brings one back to `next`. */
export function loginAfter(reason: string, next: string): string {
  const from = endedWord(reason);
  return `/login?next=${encodeURIComponent(next)}${from ? `&from=${from}` : ""}`;
}

/** The login page, after a login whose second factor did not come in time. */
export function loginUnfinished(next: string): string {
  return `/login?next=${encodeURIComponent(next)}&from=unfinished`;
}

/** Where a login goes on that asks for a second factor. It leads to `next` in the end. */
export function secondFactorHref(next: string): string {
  return `/login/second-factor?next=${encodeURIComponent(next)}`;
}

/** Where a logout leads, in every tab. */
export const loginAfterLogout = "/login?from=logout";

/**
 * The cookie by which a logout that no script has seen reaches the tabs that have one: they cannot tell by themselves
 * whether a session was ended on this device or under it. It says nothing else, and expires before it could mislead a tab.
 * Its name ends as those of all our cookies do.
 */
export const logoutMark = "logged-out";

/** Longer than a tab takes to look, in seconds. */
export const logoutMarkSeconds = 10;
