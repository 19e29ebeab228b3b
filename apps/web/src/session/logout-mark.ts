import { cookieEnding } from "@watchword/auth/client/hint";

/**
 * The cookie by which a logout that no script has seen reaches the tabs that have one: they cannot tell by themselves
 * whether a session was ended on this device or under it. It says nothing else, and goes before it could mislead anybody.
 * Its name ends as those of all our cookies do.
 */
export const logoutMark = "logged-out";

/** Longer than a tab takes to look, in seconds. */
export const logoutMarkSeconds = 10;

export function isLogoutMarked(): boolean {
  return document.cookie.split("; ").includes(`${logoutMark}${cookieEnding("/")}=1`);
}
