import type { ClientSession, ClientSessionOptions } from "./client-session.ts";
import { isSameUser, readHint } from "./hint-cookie.ts";
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

export function createCookieSession(options: ClientSessionOptions): CookieSession {
  const nothing = async () => undefined; // the server sets the cookies, and takes them away
  const { session, lose } = createSession(options, {
    lock: (work, signal) => navigator.locks.request("watchword.refresh", { signal }, work),
    inCookies: true,
    isSameUser,
    headers: async () => ({}),
    pair: async () => readHint(),

    pairOf({ accessToken }) {
      const pair = readHint();
      if (pair === "" && accessToken === undefined) throw cookiesBlocked();
      return pair;
    },

    proof: async () => ({}),
    keep: nothing,
    drop: nothing,

    // Of a session that is over, or of a reply that came after the logout: they open nothing, but say that somebody is logged
    // in. The server clears them only if they are dead, and its answer counts only while no other login has come.
    async sweep(pair) {
      const now = readHint();
      if (!now || !isSameUser(now, pair)) return;
      const another = new AbortController();
      const stop = tellOfCookies(() => readHint() !== now && another.abort());
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
      }),
  };
}
