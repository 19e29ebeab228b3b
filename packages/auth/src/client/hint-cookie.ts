/**
 * What the names of all cookies end in: `-3000` where the address of the app names a port, else nothing. A browser keeps one
 * jar for all ports of a host, so that two apps on one host would take each other's cookies for their own.
 *
 * @param url the app's address or one below it. What cannot be read, such as a path where there is no page, names no port
 */
export function cookieEnding(url: string): string {
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
 * @param ending see `cookieEnding`
 * @returns "" when no user is logged in, or cookies cannot be read here
 */
export function readHint(ending = ""): string {
  try {
    const name = `watchword.session${ending}=`;
    const pairs = document.cookie.replaceAll("__Host-", "").split("; ");
    return pairs.find((pair) => pair.startsWith(name))?.slice(name.length) ?? "";
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

/** What `watchSession` needs of a session in cookies. */
export interface WatchedSession {
  /** See `cookieEnding`. */
  readonly ending: string;
  /** The user of these tokens is gone, as the hint cookie has shown. @returns false when that is no news here */
  lose(tokenId: string): boolean;
}

/**
 * Calls back within a second when something becomes of the session, in any tab. Not for what `onEnded` is called for: a
 * session whose end the server has said to this tab.
 *
 * @returns ends the watch
 */
export function watchSession({ ending, lose }: WatchedSession, onChange: (event: SessionEvent) => void): () => void {
  return watchHint((event, before) => {
    const isGone = event === "nobody" || event === "somebody_else";
    const isNews = !isGone || lose(before);
    if (isNews || event === "somebody_else") onChange(event);
  }, ending);
}

/** Where the browser has no event for changed cookies, they are read this often: all tabs know within a second. */
const pollMs = 500;

/**
 * Watches which session the hint cookie names. All tabs see one jar, whatever changed it: a script, a form that was
 * sent without one, another tab, the cookie's own end.
 *
 * @param onChange is given the hint of before, too
 * @param ending see `cookieEnding`
 */
export function watchHint(onChange: (event: SessionEvent, before: string) => void, ending = ""): () => void {
  if (typeof document === "undefined") return () => undefined;
  let known = readHint(ending);
  let isGone = false;

  function look(): void {
    const [before, now] = [known, readHint(ending)];
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
  onCookieChange(look, signal);
  // A tab that was in the background, or in the cache that Back shows, may have missed the event.
  document.addEventListener("visibilitychange", look, { signal });
  globalThis.addEventListener("pageshow", look, { signal });
  return () => stopped.abort();
}

/** Calls back whenever cookies may have changed, until the signal is aborted. */
export function onCookieChange(look: () => void, signal: AbortSignal): void {
  if ("cookieStore" in globalThis) globalThis.cookieStore.addEventListener("change", look, { signal });
  else {
    const timer = setInterval(look, pollMs);
    signal.addEventListener("abort", () => clearInterval(timer));
  }
}

/** The name of the lock that tabs of one app share. */
export const refreshLock = "watchword.refresh";

/** As long as a refresh waits for another one. */
const loginPatienceMs = 5_000;

/**
 * Logs in by cookies while no tab refreshes. The answer to a refresh of the login before, if it came after that of the new one,
 * would put its cookies in the place of the new ones, and their session is over by then (fault case C11).
 *
 * Goes on without the lock where there is none, and where its turn does not come.
 */
export async function inLoginTurn<T>(
  logIn: () => Promise<T>,
  patience: AbortSignal = AbortSignal.timeout(loginPatienceMs),
): Promise<T> {
  let begun: Promise<T> | undefined;
  const begin = () => {
    begun ??= logIn();
    return begun;
  };
  await navigator.locks?.request(refreshLock, { signal: patience }, begin).catch(() => undefined);
  return begin();
}
