/** The pair of tokens that a client without cookies keeps. */
export interface StoredTokens {
  accessToken: string;
  refreshToken: string;
  /** Proof that the password was given here, for what asks for it. Whoever does not keep it is asked more often. */
  stepUpToken?: string | undefined;
}

/**
 * Where a client without cookies keeps its tokens: a file for a terminal (`@watchword/auth/token-file`), memory for a
 * server, and on a phone the system's keychain or keystore, which an app wraps in these three methods. What it owes:
 *
 * - The refresh token is a login of a month. It never goes to plain storage: no preferences, no AsyncStorage, no file of
 *   the app, no backup. The entry stays on this device (a copy that is restored on another one would be a second holder
 *   of the session, and end it) and can be read while the screen is locked, or nothing can be renewed in the background.
 * - All tokens are one entry. Of two entries an app that is killed in between keeps a pair that never was one.
 * - `write` resolves when the entry will outlive the app's end, and `read` then shows it: the session reads again before
 *   each use, because another part of the program may have renewed the login.
 * - A method that fails rejects, and leaves what was there. The call at hand fails then; nobody is logged out by it, and
 *   the next call goes on. `null` is only for an entry that is not there: one that cannot be read just now is a failure.
 */
export interface TokenStore {
  read(): Promise<StoredTokens | null>;
  /** Replaces the pair, all of it or nothing, before either token is used. */
  write(tokens: StoredTokens): Promise<void>;
  clear(): Promise<void>;
  /**
   * Does some work while no other process renews the same login, for a store that several share. It saves requests and
   * decides nothing: the work reads the store again, and is right without it.
   */
  exclusively?<T>(work: () => Promise<T>): Promise<T>;
}

/** Keeps the tokens for as long as the program runs: for tests and for servers that log in by themselves. */
export function createMemoryTokenStore(initial: StoredTokens | null = null): TokenStore {
  let tokens = initial;
  return {
    read: async () => tokens,
    write: async (next) => {
      tokens = next;
    },
    clear: async () => {
      tokens = null;
    },
  };
}

/**
 * Which of two pairs a store should hold after a refresh: the younger one of the same session. A pair of another session
 * comes from another login, and what arrives late for an old login must not replace it.
 *
 * The access token says all this, and need not be trusted for it: both pairs came from the server.
 */
export function isSuperseded(next: StoredTokens, by: StoredTokens): boolean {
  const [a, b] = [decode(by.accessToken), decode(next.accessToken)];
  // Re-arming keeps the generation; then the later one is the one that lives (a UUID of version 7 begins with its time).
  return a.sid !== b.sid || a.gen > b.gen || (a.gen === b.gen && a.jti > b.jti);
}

/** False only when both tokens say whose they are, and are not the same user's. */
export function isSameSubject(accessToken: string, other: string): boolean {
  const [one, two] = [decode(accessToken).sub, decode(other).sub];
  return one === undefined || two === undefined || one === two;
}

/** What a token of the server's says; where it is none, nothing, and then each comparison is false. */
interface Claims {
  sub?: string;
  sid: string;
  gen: number;
  jti: string;
}

function decode(accessToken: string): Claims {
  try {
    const payload = accessToken.split(".")[1] ?? "";
    const claims: unknown = JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/")));
    return Object(claims) as Claims;
  } catch {
    return {} as Claims;
  }
}
