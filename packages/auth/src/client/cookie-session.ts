import { type ClientSession, type ClientSessionOptions, createClientSession } from "./client-session.ts";
import { cookiesBlockedError } from "./errors.ts";
import { cookieSuffix, isSameUser, onCookieChange, readHint, refreshLock, type WatchedSession } from "./hint-cookie.ts";
import { post } from "./refresh-request.ts";

/** A browser's session: the tokens are in cookies that no script can read, and only the hint cookie is seen. */
export type CookieSession = ClientSession & WatchedSession;

export interface CookieSessionOptions extends ClientSessionOptions {
  /**
   * Where the app is reached, as its server was told (`createTokenCookies({ appUrl })`): the cookies' names end in its port. By
   * default that of `url`, which is right wherever the router is called at the app's own address.
   */
  appUrl?: string;
}

export function createCookieSession(options: CookieSessionOptions): CookieSession {
  const suffix = cookieSuffix(options.appUrl ?? options.url);
  const nothing = async () => undefined; // the server sets the cookies, and takes them away
  const empty = async () => ({});
  const { session, lose } = createClientSession(options, {
    lock: (work, signal) => navigator.locks.request(refreshLock, { signal }, work),
    inCookies: true,
    isSameUser,
    headers: empty,
    read: async () => ({ tokenId: readHint(suffix) }),

    tokenIdOf({ accessToken }) {
      const hint = readHint(suffix);
      if (hint === "" && accessToken === undefined) throw cookiesBlockedError();
      return hint;
    },

    save: nothing,
    remove: nothing,

    // Of a session that is over, or of a reply that came after the logout: they open nothing, but say that a user is logged in.
    // The server clears them only if they are dead, and its answer counts only while no other login has come.
    async clearStaleCookies(tokenId) {
      const now = readHint(suffix);
      if (!now || !isSameUser(now, tokenId)) return;
      const over = new AbortController();
      const stop = () => over.abort();
      onCookieChange(() => readHint(suffix) !== now && stop(), over.signal);
      await post({ ...options, signal: over.signal }, "auth.clearDeadCookies", {}).finally(stop);
    },
  });

  return { ...session, suffix, lose };
}
