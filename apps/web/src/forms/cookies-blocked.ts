"use client";

import type { FormAction } from "./form-state.ts";

/**
 * A login by script: while no tab refreshes, so that no late answer takes its place.
 *
 * One that a browser keeps nothing of would lead to a page that leads to the login page again, without a word. This
 * says what is the matter instead, on the form that was just filled in.
 */
export function unlessCookiesAreBlocked(action: FormAction): FormAction {
  return async (before, form) => {
    // Loaded when a form is sent: no page waits for it.
    const { cookieSuffix, readHint, withLoginLock } = await import("@watchword/auth/client/hint");
    const answered = await withLoginLock(() => action(before, form));
    if (answered.status !== "done") return answered;
    // The challenge between two forms of a login is in a cookie that no script sees.
    const isKept = answered.unfinished ? window.navigator.cookieEnabled : readHint(cookieSuffix("/")) !== "";
    if (isKept) return answered;
    const message = "Your browser blocks the cookies of this site, and a login needs them. Allow them, then log in";
    return { status: "refused", problems: [{ message }], typed: {} };
  };
}
