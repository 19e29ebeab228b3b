import type { AuthErrorReason } from "../core/domain/errors.ts";
import type { RevokedReason } from "../core/domain/model.ts";
import { createRejection, endedBecause, isTerminal, isTokenMissing, reasonOf } from "./errors.ts";
import { type IssuedTokens, requestRefresh, type StepUpOutput } from "./refresh-request.ts";
import { createRefresher, type Refresher, type SuspensionOutcome } from "./refresher.ts";
import { type Session, type SessionEffect, type StateEvent, transition } from "./session-state.ts";
import { systemTiming, type Timing } from "./timing.ts";
import { createTokenExpiry } from "./token-expiry.ts";
import type { TokenStorage, TokensInUse } from "./token-store.ts";

/** A client's session: what the refresh link asks for new tokens. */
export interface ClientSession {
  /** Where the link sends `auth.*` calls, and by what: it does so itself, whatever link follows it. */
  readonly url: string;
  readonly fetch?: typeof fetch | undefined;
  readonly timing: Timing;
  /** What authenticates a call, for the `headers` option of an HTTP link: bearer and step-up tokens; nothing where cookies do it. */
  headers(): Promise<Record<string, string>>;
  /**
   * The id of the tokens that are in use now; other tokens have another id, "" is none. A call that was rejected under
   * older tokens need only be run again.
   */
  current(): Promise<string>;
  /** Whether there is anything to refresh. */
  exists(): Promise<boolean>;
  /** Whether the access token in use is about to run out, as far as this program knows. */
  isDue(): Promise<boolean>;
  /** False when the tokens in use are known to be another user's: what one user began never runs as another. */
  isSameUser(tokenId: string): Promise<boolean>;
  /**
   * Gets new tokens. Any number of calls at once make one request, and so do tabs and processes, where they can agree.
   * Transient failures are retried a few times.
   *
   * @param options.tokenId the tokens to be replaced, where that is known: nothing is done when others are in use by now
   * @param options.ahead of need: tries once only, because the call can still be sent
   * @throws {TRPCClientError} terminal (see `isTerminal`) when the session is over, else a transient failure
   */
  refresh(options?: RefreshOptions): Promise<void>;
  /**
   * The server has rejected a call, made under these tokens, because the session is over: removes them and tells the app,
   * once.
   *
   * @returns true when the user has logged in again meanwhile
   */
  end(error: unknown, tokenId: string): Promise<boolean>;
  /**
   * A login, or a refresh, was answered. An app that learns elsewhere how long its token has left may call it, too.
   *
   * @throws {TRPCClientError} see `isCookiesBlocked`
   */
  begin(output: IssuedTokens): void;
  /** A call to `auth` was answered: where no cookie brings it, a step-up token is kept for the calls that need one. */
  readonly keepStepUp?: ((output: StepUpOutput) => void) | undefined;
  /**
   * A logout or login is being sent: a refresh in flight is cancelled, and none begins until it is settled. Resolves when
   * the tokens of a logout are removed.
   *
   * @param refreshToken the one that is logged out, where the call carries it
   */
  suspend(outcome: Promise<SuspensionOutcome>, refreshToken?: string): Promise<void>;
}

interface RefreshOptions {
  tokenId?: string;
  ahead?: boolean;
}

export interface ClientSessionOptions extends Partial<Timing> {
  /** The router's address, such as `/api/trpc` or `https://example.com/api/trpc`. */
  url: string;
  fetch?: typeof fetch | undefined;
  /**
   * Called once for each login when the server says that it is over, or that there is none. A promise of true says that
   * the same user has logged in again: what was rejected runs again, once.
   */
  onEnded?: ((reason: EndReason) => void) | ((reason: EndReason) => Promise<boolean>);
}

/** Why a login is over: by what the session was ended, where the server says it, else the reason of the rejection. */
export type EndReason = AuthErrorReason | RevokedReason;

export interface TrackedSession {
  session: ClientSession;
  /** The hint cookie has shown that the user of these tokens is gone. @returns false when this session knows that */
  lose(tokenId: string): boolean;
}

/** What is the same wherever the tokens are kept. */
export function createClientSession(options: ClientSessionOptions, storage: TokenStorage): TrackedSession {
  const { inCookies, remove } = storage;
  const timing: Timing = { ...systemTiming, ...options };
  const refresher = createRefresher(storage.lock, timing, () => dispatch("finished"));
  const [dispatch, readTokens, notifyEnd, isEnded] = createTracker({ ...options, ...storage, ...refresher });
  const current = async () => (await readTokens()).tokenId;
  const [begin, isDue, request] = createIssuing({ ...options, timing }, storage, dispatch);
  let loggedOut = "";
  const session: ClientSession = {
    url: options.url,
    fetch: options.fetch,
    timing,
    headers: storage.headers,
    keepStepUp: storage.keepStepUp,
    current,
    begin,
    exists: async () => (await current()) !== "",
    isDue: async () => isDue(await current()),
    isSameUser: async (tokenId) => storage.isSameUser(tokenId, await current()),
    refresh: createRefresh(storage, refresher, dispatch, readTokens, notifyEnd, request),
    async end(error, tokenId) {
      const now = await current();
      if (!isEnded()) {
        if ((tokenId && tokenId === loggedOut) || (!inCookies && isTokenMissing(error))) return false;
        if (now !== tokenId && (now || !inCookies)) return now !== "";
      }
      return notifyEnd("rejected", error, () => remove(tokenId));
    },
    async suspend(outcome, refreshToken) {
      dispatch("suspend");
      refresher.outcome = outcome;
      const before = current().catch(() => "");
      const isLogout = (await outcome) === "logged_out";
      dispatch("resume");
      if (!isLogout) return;
      loggedOut = await before;
      await remove(loggedOut, refreshToken);
    },
  };
  function lose(tokenId: string): boolean {
    loggedOut = tokenId;
    return dispatch("lost").includes("cancel");
  }
  return { session, lose };
}

/** @param why what callers get that wait for a refresh which this event cancels */
type Dispatch = (event: StateEvent, why?: unknown) => readonly SessionEffect[];
/** Sees which tokens are in use. */
type ReadTokens = () => Promise<TokensInUse>;
/**
 * Tells the app once for each login that it is over, however many calls find it out: all of them wait for its answer.
 *
 * @param remove is done before the app is told
 */
type NotifyEnd = (event: StateEvent, error: unknown, remove?: () => Promise<void>) => Promise<boolean>;

interface TrackerOptions
  extends Pick<ClientSessionOptions, "onEnded">,
    Pick<TokenStorage, "read">,
    Pick<Refresher, "cancel"> {}

/** Holds the state, and runs the effects of its transitions. */
function createTracker({ onEnded, read, cancel }: TrackerOptions) {
  let session: Session = ["none", 0];
  let seen = "";
  let again = Promise.resolve(false);

  const dispatch: Dispatch = (event, why) => {
    const [next, effects] = transition(session, event);
    session = next;
    if (effects.includes("cancel")) cancel(why);
    return effects;
  };

  const readTokens: ReadTokens = async () => {
    const used = await read();
    const { tokenId } = used;
    if (tokenId !== seen) dispatch(tokenId ? "replaced" : "absent");
    seen = tokenId;
    return used;
  };

  async function notify(error: unknown, remove?: () => Promise<void>): Promise<boolean> {
    // The session is over on the server. Tokens that could not be removed here count as new.
    await remove?.().catch(() => dispatch("replaced"));
    const isLoggedIn: unknown = await onEnded?.((endedBecause(error) ?? reasonOf(error)) as EndReason);
    return isLoggedIn === true;
  }

  const notifyEnd: NotifyEnd = (event, error, remove) => {
    if (dispatch(event, error).includes("notify")) again = notify(error, remove).catch(() => false);
    return again;
  };

  return [dispatch, readTokens, notifyEnd, () => session[0] === "ended"] as const;
}

/** Gets new tokens, and knows how long they live. */
function createIssuing(options: ClientSessionOptions & { timing: Timing }, storage: TokenStorage, dispatch: Dispatch) {
  const expiry = createTokenExpiry(options.timing);

  function begin(output: IssuedTokens): void {
    expiry.begin(output.expiresIn, storage.tokenIdOf(output));
    dispatch("replaced");
  }

  function isDue(tokenId: string): boolean {
    const isDue = expiry.isDue(tokenId);
    if (isDue) dispatch("expiring");
    return isDue;
  }

  async function request(used: TokensInUse, signal: AbortSignal, mayRetry: boolean): Promise<void> {
    try {
      const issued = await requestRefresh({ ...options, ...used, signal, mayRetry });
      if (signal.aborted) return;
      await storage.save(issued, used);
      begin(issued);
    } catch (error) {
      if (!mayRetry) expiry.giveUp();
      throw error;
    }
  }

  return [begin, isDue, request] as const;
}

/**
 * Reads the tokens again after waiting for the lock, because another tab or process may have refreshed meanwhile. The request
 * uses what this read gives: newer tokens would otherwise be consumed at once, while other tabs still send those before them,
 * which would then count as reused.
 */
function createRefresh(
  { inCookies, remove, clearStaleCookies }: TokenStorage,
  refresher: Refresher,
  dispatch: Dispatch,
  readTokens: ReadTokens,
  notifyEnd: NotifyEnd,
  request: (used: TokensInUse, signal: AbortSignal, mayRetry: boolean) => Promise<void>,
): ClientSession["refresh"] {
  const clear = (tokenId: string) => clearStaleCookies(tokenId).catch(() => undefined);

  async function attempt(tokenId: string, signal: AbortSignal, mayRetry: boolean): Promise<void> {
    const used = await readTokens();
    if (signal.aborted) throw signal.reason;
    if (!used.tokenId && tokenId) throw createRejection("access_token_missing", "This needs a login");
    if (used.tokenId !== tokenId) return;
    try {
      await request(used, signal, mayRetry);
    } catch (error) {
      if (signal.aborted || !(await isReplaced(tokenId, error))) throw error;
    } finally {
      // A login has cookies of its own by now, and they are to stay.
      if (signal.aborted) refresher.outcome.then((outcome) => (outcome === "logged_out" ? clear(tokenId) : undefined));
    }
  }

  /** When the session is over, its tokens go. @returns true when others are in use by now: the failure does not count */
  async function isReplaced(tokenId: string, error: unknown): Promise<boolean> {
    if (!isTerminal(error) && !(inCookies && isTokenMissing(error))) return false;
    const now = (await readTokens()).tokenId;
    if (now && now !== tokenId) return true;
    await remove(tokenId);
    if (now || inCookies) notifyEnd("refresh_rejected", error);
    // By a call of its own: the rejection clears no cookies, because it may come when there is a new login.
    await clear(tokenId);
    return false;
  }

  return async ({ tokenId: given, ahead } = {}) => {
    const now = (await readTokens()).tokenId;
    const tokenId = given ?? now;
    if (now && now !== tokenId) return;
    await refresher.run(
      (signal) => attempt(tokenId, signal, !ahead),
      () => dispatch("refresh").includes("refresh"),
    );
  };
}
