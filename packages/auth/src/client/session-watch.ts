import { isSameUser, readHint } from "./hint-cookie.ts";

/** What can happen to a browser's session, in this tab or in another. */
export type SessionChange =
  /** Nobody is logged in any more. */
  | "nobody"
  /** Another user is. */
  | "somebody_else"
  /** The user who had gone is back: by a new login, here or in another tab. */
  | "same_user_again"
  /** The same session got a new pair of tokens. */
  | "renewed";

/** Where the browser does not tell of changed cookies, they are looked at this often: all tabs know within a second. */
const pollMs = 500;

/**
 * Watches whose session the hint cookie speaks of. All tabs see one jar, whatever changed it: a script, a form that was
 * sent without one, another tab, the cookie's own end.
 *
 * @param onChange is given the pair that was in use before, too
 * @param ending see `cookieEnding`
 */
export function watchHint(onChange: (change: SessionChange, before: string) => void, ending = ""): () => void {
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

  const stopTelling = tellOfCookies(look);
  const stopped = new AbortController();
  const { signal } = stopped;
  // A tab that was in the background, or in the cache that Back shows, may have heard nothing.
  document.addEventListener("visibilitychange", look, { signal });
  globalThis.addEventListener("pageshow", look, { signal });
  return () => {
    stopTelling();
    stopped.abort();
  };
}

/** Calls back whenever cookies may have changed. Returns what stops it. */
export function tellOfCookies(look: () => void): () => void {
  const stopped = new AbortController();
  const cookies = "cookieStore" in globalThis ? globalThis.cookieStore : undefined;
  cookies?.addEventListener("change", look, { signal: stopped.signal });
  const timer = cookies ? undefined : setInterval(look, pollMs);
  return () => {
    clearInterval(timer);
    stopped.abort();
  };
}
