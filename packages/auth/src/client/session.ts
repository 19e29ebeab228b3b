import type { Begun, ClientSession, ClientSessionOptions } from "./client-session.ts";
import { createEnding } from "./ending.ts";
import type { Lock } from "./lock.ts";
import { type Refreshed, requestRefresh } from "./refresh-request.ts";
import { endedBecause, isTerminal, reasonOf, refusal } from "./refusal.ts";
import { type Attempt, createRenewal } from "./renewal.ts";
import { systemTiming, type Timing } from "./timing.ts";
import { createTokenLife } from "./token-life.ts";

/** Where a session's tokens are kept: in a browser's cookies, or in a store. */
export interface TokenKeeper {
  lock: Lock | undefined;
  /** See `ClientSession.headers`. */
  headers(): Promise<Record<string, string>>;
  /** The name of the pair in use, "" for none. */
  pair(): Promise<string>;
  /** The name of a pair that was just handed out. @throws {TRPCClientError} when it was not kept */
  pairOf(answer: Begun): string;
  isSameUser(pair: string, other: string): boolean;
  /**
   * What a refresh of this pair shows in its body; undefined when another pair is in use by now. Compared in the very look
   * that the request is made from: a young pair that came a moment before would else be spent at once, while others still
   * present the one before it, which is then taken for stolen.
   */
  proof(pair: string): Promise<Proof | undefined>;
  keep(issued: Refreshed, shown: Proof): Promise<void>;
  /** Forgets this pair, or the one with this refresh token, unless it has been replaced. */
  drop(pair: string, refreshToken?: string): Promise<void>;
  /** Whether it is the server that takes them away, and says when there are none. Who empties a store knows it himself. */
  inCookies: boolean;
  /** See `RenewalParts.sweep`. */
  sweep(pair: string): Promise<void>;
}

interface Proof {
  refreshToken?: string;
}

export interface KeptSession {
  session: ClientSession;
  /** The user of this pair has gone, as somebody else has seen. @returns false when that is no news here */
  lose(pair: string): boolean;
}

/** What is the same wherever the tokens are kept. */
export function createSession(options: ClientSessionOptions, keeper: TokenKeeper): KeptSession {
  const { url, fetch } = options;
  const timing: Timing = { ...systemTiming, ...options };
  const life = createTokenLife(timing);
  const ending = createEnding(options.onEnded);

  async function current(): Promise<string> {
    const pair = await keeper.pair();
    ending.see(pair);
    return pair;
  }

  async function renew({ pair, signal, mayRetry }: Attempt): Promise<void> {
    const shown = await keeper.proof(pair);
    if (!shown) return;
    try {
      const issued = await requestRefresh({ ...shown, url, fetch, timing, signal, mayRetry });
      if (signal.aborted) return;
      await keeper.keep(issued, shown);
      begin(issued);
    } catch (error) {
      if (!mayRetry) life.giveUp();
      const reason = reasonOf(error);
      const isOver = isTerminal(error) || (keeper.inCookies && reason === "refresh_token_missing");
      if (reason === undefined || !isOver || signal.aborted) throw error;
      const now = await current();
      // Another tab or process may have got on with the same login meanwhile. Only a pair that nobody replaced is given up.
      if (now !== pair && now !== "") return;
      await keeper.drop(pair);
      if (now !== "" || keeper.inCookies) ending.tell(endedBecause(error) ?? reason, pair);
      // By a call of its own: the refusal takes no cookies away, because it may come when there is a new login.
      await keeper.sweep(pair).catch(() => undefined);
      throw error;
    }
  }

  function begin(answer: Begun): void {
    life.begin(answer.expiresIn, keeper.pairOf(answer));
  }

  const renewal = createRenewal({ timing, lock: keeper.lock, current, renew, sweep: keeper.sweep });

  const session: ClientSession = {
    url,
    fetch,
    timing,
    headers: keeper.headers,
    current,
    exists: async () => (await current()) !== "",
    isDue: async () => life.isDue(await current()),
    isSameUser: async (pair) => keeper.isSameUser(pair, await current()),
    refresh: renewal.refresh,
    begin,

    async end(reason, pair, because) {
      const now = await current();
      const told = ending.told();
      if (told) return told;
      if (ending.hasLeft(pair) || (reason === "refresh_token_missing" && !keeper.inCookies)) return false;
      if (now !== pair && (now !== "" || !keeper.inCookies)) return now !== "";
      renewal.stop(refusal(reason, "This needs a login"));
      return ending.tell(because ?? reason, pair, () => keeper.drop(pair));
    },

    leave(refreshToken) {
      const settle = renewal.leave();
      const left = current().catch(() => "");
      return async (outcome) => {
        settle(outcome);
        if (outcome !== "logged_out") return;
        const pair = await left;
        ending.leave(pair);
        await keeper.drop(pair, refreshToken);
      };
    },
  };

  return {
    session,
    lose(pair) {
      ending.leave(pair);
      const isNews = !ending.told();
      if (isNews) renewal.stop();
      return isNews;
    },
  };
}
