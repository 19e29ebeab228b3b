import type { ClientSession, ClientSessionOptions } from "./client-session.ts";
import { cookieEnding, isSameUser, readHint } from "./hint-cookie.ts";
import { refreshLock } from "./lock.ts";
import { post } from "./refresh-request.ts";
import { cookiesBlocked } from "./refusal.ts";
import { createSession } from "./session.ts";
import { type SessionChange, tellOfCookies, watchHint } from "./session-watch.ts";

/** A browser's session: the tokens are in cookies that no script can read, and only the hint cookie is seen. */
export interface CookieSession extends ClientSession {
  /**
   * Tells within a second what becomes of the session, whichever tab it happens in. Not what `onEnded` was told of: a
   * session whose end this tab has heard of from the server.
   *
   * @returns ends the watch
   */
  watch(options: { onChange: (change: SessionChange) => void }): () => void;
}

export interface CookieSessionOptions extends ClientSessionOptions {
  /**
   * Where the app is reached, as its server was told (`createTransport({ appUrl })`): the cookies' names end in its port. By
   * default that of `url`, which is right wherever the router is called at the app's own address.
   */
  appUrl?: string;
}

export function createCookieSession(options: CookieSessionOptions): CookieSession {
  const ending = cookieEnding(options.appUrl ?? options.url);
  const pair = async () => readHint(ending);
  const nothing = async () => undefined; // the server sets the cookies, and takes them away
  const empty = async () => ({});
  const { session, lose } = createSession(options, {
    lock: (work, signal) => navigator.locks.request(refreshLock, { signal }, work),
    inCookies: true,
    isSameUser,
    headers: empty,
    pair,

    pairOf({ accessToken }) {
      const pair = readHint(ending);
      if (pair === "" && accessToken === undefined) throw cookiesBlocked();
      return pair;
    },

    proof: empty,
    keep: nothing,
    drop: nothing,

    // Of a session that is over, or of a reply that came after the logout: they open nothing, but say that somebody is logged
    // in. The server clears them only if they are dead, and its answer counts only while no other login has come.
    async sweep(pair) {
      const now = readHint(ending);
      if (!now || !isSameUser(now, pair)) return;
      const another = new AbortController();
      const stop = tellOfCookies(() => readHint(ending) !== now && another.abort());
      await post({ ...options, signal: another.signal }, "auth.clearDeadCookies").finally(stop);
    },
  });

  return {
    ...session,
    watch: ({ onChange }) =>
      watchHint((change, before) => {
        const isGone = change === "nobody" || change === "somebody_else";
        const isNews = !isGone || lose(before);
        if (isNews || change === "somebody_else") onChange(change);
      }, ending),
  };
}
