/**
 * The suffix of all cookie names: `-3000` where the address of the app has a port, else nothing. A browser keeps one jar for
 * all ports of a host, so that two apps on one host would otherwise share cookies.
 *
 * @param url the app's address or one below it. What cannot be read, such as a path where there is no page, names no port
 */
export function cookieSuffix(url: string): string {
  try {
    const { port } = new URL(url, globalThis.document?.baseURI);
    return port && `-${port}`;
  } catch {
    return "";
  }
}

/**
 * The one cookie that scripts may read. It says that there is a session, and names its tokens and its user, in the form
 * `<token id>.<user>`. All tabs see the same: one that comes late sees that another has refreshed meanwhile, and does not
 * start a rotation right after the last (assumption A2 of the refresh protocol).
 *
 * @param suffix see `cookieEnding`
 * @returns "" when no user is logged in, or cookies cannot be read here
 */
export function readHint(suffix = ""): string {
  try {
    const name = `watchword.session${suffix}=`;
    const cookies = document.cookie.replaceAll("__Host-", "").split("; ");
    return cookies.find((cookie) => cookie.startsWith(name))?.slice(name.length) ?? "";
  } catch {
    return ""; // no document on a server, no cookies in a sandboxed frame
  }
}

/** False only when both name a user, and not the same. */
export function isSameUser(hint: string, other: string): boolean {
  return isSameOrUnknown(userOf(hint), userOf(other));
}

/** False only when both are known, and differ. */
export function isSameOrUnknown(one: string | undefined, two: string | undefined): boolean {
  return !one || !two || one === two;
}

function userOf(hint: string): string | undefined {
  return hint.split(".")[1];
}

/** What can happen to a browser's session, in this tab or in another. */
export type SessionEvent =
  /** No user is logged in any more. */
  | "nobody"
  /** Another user is. */
  | "somebody_else"
  /** The user who had gone is back: by a new login, here or in another tab. */
  | "same_user_again"
  /** The same session got new tokens. */
  | "renewed";

/** The part of a cookie session that `watchSession` uses. */
export interface WatchedSession {
  /** See `cookieEnding`. */
  readonly suffix: string;
  /** The user of these tokens is gone, as the hint cookie has shown. @returns false when that is no news here */
  lose(tokenId: string): boolean;
}

/**
 * Calls back within a second when the session changes, in any tab. Not for an end that the server has reported to this tab:
 * that is for `onEnded`.
 *
 * @returns ends the watch
 */
export function watchSession({ suffix, lose }: WatchedSession, onChange: (event: SessionEvent) => void): () => void {
  return watchHint((event, before) => {
    const isGone = event === "nobody" || event === "somebody_else";
    const isNews = !isGone || lose(before);
    if (isNews || event === "somebody_else") onChange(event);
  }, suffix);
}

/** Where the browser has no event for changed cookies, they are read this often: all tabs know within a second. */
const pollMs = 500;

/**
 * Watches which session the hint cookie names. All tabs see one jar, whatever changed it: a script, a form that was
 * sent without one, another tab, the cookie's own end.
 *
 * @param onChange is given the hint of before, too
 * @param suffix see `cookieEnding`
 */
export function watchHint(onChange: (event: SessionEvent, before: string) => void, suffix = ""): () => void {
  if (typeof document === "undefined") return () => undefined;
  let known = readHint(suffix);
  let isGone = false;

  function check(): void {
    const [before, now] = [known, readHint(suffix)];
    if (now === "") {
      const wasThere = before !== "" && !isGone;
      isGone = true;
      if (wasThere) onChange("nobody", before);
      return;
    }
    const wasGone = isGone;
    [known, isGone] = [now, false];
    if (before === "" || before === now) return;
    if (!isSameUser(before, now)) onChange("somebody_else", before);
    else onChange(wasGone ? "same_user_again" : "renewed", before);
  }

  const stopped = new AbortController();
  const { signal } = stopped;
  onCookieChange(check, signal);
  // A tab that was in the background, or in the cache that Back shows, may have missed the event.
  document.addEventListener("visibilitychange", check, { signal });
  globalThis.addEventListener("pageshow", check, { signal });
  return () => stopped.abort();
}

/** Calls back whenever cookies may have changed, until the signal is aborted. */
export function onCookieChange(check: () => void, signal: AbortSignal): void {
  if ("cookieStore" in globalThis) globalThis.cookieStore.addEventListener("change", check, { signal });
  else {
    const timer = setInterval(check, pollMs);
    signal.addEventListener("abort", () => clearInterval(timer));
  }
}

/** The name of the lock that tabs of one app share. */
export const refreshLock = "watchword.refresh";

/** As long as a refresh waits for another one. */
const loginWaitMs = 5_000;

/**
 * Logs in by cookies while no tab refreshes. A late response to a refresh of the old session would replace the new cookies by
 * those of a session that is over (fault case C11).
 *
 * Goes on without the lock where there is none, and after the timeout.
 */
export async function withLoginLock<T>(
  logIn: () => Promise<T>,
  timeout: AbortSignal = AbortSignal.timeout(loginWaitMs),
): Promise<T> {
  let begun: Promise<T> | undefined;
  const begin = () => {
    begun ??= logIn();
    return begun;
  };
  await navigator.locks?.request(refreshLock, { signal: timeout }, begin).catch(() => undefined);
  return begin();
}
