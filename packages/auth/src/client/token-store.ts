import { isSameOrUnknown } from "./hint-cookie.ts";
import type { IssuedTokens, RefreshOutput, StepUpOutput } from "./refresh-request.ts";
import type { Lock } from "./refresher.ts";

/** The tokens that a client without cookies keeps. */
export interface StoredTokens {
  accessToken: string;
  refreshToken: string;
  /** Shows that the password was given here, for what asks for a step-up. An app that does not keep it asks more often. */
  stepUpToken?: string | undefined;
}

/**
 * Where a client without cookies keeps its tokens: a file for a terminal (`@watchword/auth/token-file`), memory for a
 * server, and on a phone the system's keychain or keystore, which an app wraps in these three methods. What it owes:
 *
 * - The refresh token is a login of a month. It never goes to plain storage: no preferences, no AsyncStorage, no file of
 *   the app, no backup. The entry stays on this device (a copy that is restored on another one would be a second holder
 *   of the session, and end it) and can be read while the screen is locked, or nothing can be refreshed in the background.
 * - All tokens are one entry. Of two entries an app that is killed in between keeps tokens that do not belong together.
 * - `write` resolves when the entry will outlive the app's end, and `read` then shows it: the session reads again before
 *   each use, because another part of the program may have refreshed them.
 * - A method that fails rejects, and leaves what was there. The call at hand fails then; it ends no session, and
 *   the next call goes on. `null` is only for an entry that is not there: one that cannot be read just now is a failure.
 */
export interface TokenStore {
  read(): Promise<StoredTokens | null>;
  /** Replaces the tokens, all of them or none, before either is used. */
  write(tokens: StoredTokens): Promise<void>;
  clear(): Promise<void>;
  /**
   * Does some work while no other process refreshes the same login, for a store that several share. It saves requests and
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

/** Where a session's tokens are kept, as the session sees it: in a browser's cookies, or in a `TokenStore`. */
export interface TokenStorage {
  lock: Lock | undefined;
  /** See `ClientSession.headers`. */
  headers(): Promise<Record<string, string>>;
  /** The tokens in use. A refresh sends what this read gives, and never what an earlier one gave: see `attempt`. */
  read(): Promise<TokensInUse>;
  /** The id of tokens that were just issued. @throws {TRPCClientError} when they were not kept */
  tokenIdOf(output: IssuedTokens): string;
  isSameUser(tokenId: string, other: string): boolean;
  save(issued: RefreshOutput, used: TokensInUse): Promise<void>;
  /** Removes these tokens, or those with this refresh token, unless they have been replaced. */
  remove(tokenId: string, refreshToken?: string): Promise<void>;
  /** Whether it is the server that takes them away, and says when there are none. A program that empties a store knows it. */
  inCookies: boolean;
  /** See `ClientSession.keepStepUp`. */
  keepStepUp?(output: StepUpOutput): void;
  /** A request that was cancelled, or a session that is over, may have left cookies behind. */
  clearStaleCookies(tokenId: string): Promise<void>;
}

export interface TokensInUse {
  /** "" for none. */
  tokenId: string;
  /** What a refresh sends in its body; nothing where cookies carry it. */
  refreshToken?: string;
}

/**
 * Which tokens a store should hold after a refresh: the younger ones of the same session. Tokens of another session come
 * from another login, and what arrives late for an old login must not replace them.
 *
 * The access token says all this, and need not be trusted for it: all of them came from the server.
 */
export function isSuperseded(next: StoredTokens, by: StoredTokens): boolean {
  const [a, b] = [decode(by.accessToken), decode(next.accessToken)];
  // A reissue keeps the generation; then the later one is the one that lives (a UUID of version 7 begins with its time).
  return a.sid !== b.sid || a.gen > b.gen || (a.gen === b.gen && a.jti > b.jti);
}

/** False only when both tokens say whose they are, and are not the same user's. */
export function isSameSubject(accessToken: string, other: string): boolean {
  return isSameOrUnknown(decode(accessToken).sub, decode(other).sub);
}

/** What an access token says; where it is none, nothing, and then each comparison is false. */
interface Claims {
  sub?: string;
  sid: string;
  gen: number;
  jti: string;
}

function decode(accessToken: string): Claims {
  try {
    const payload = accessToken.split(".")[1] ?? "";
    const claims: unknown = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
    return Object(claims) as Claims;
  } catch {
    return {} as Claims;
  }
}
