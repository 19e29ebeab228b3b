import type { TRPCClientError } from "@trpc/client";
import type { AnyRouter } from "@trpc/server";
import type { ClientSession, Outcome } from "./client-session.ts";
import { type Lock, withLock } from "./lock.ts";
import { loggedOut, refusal } from "./refusal.ts";
import { singleFlight } from "./single-flight.ts";
import type { Timing } from "./timing.ts";

type Failure = TRPCClientError<AnyRouter>;

/** What a renewal needs to know of the session whose tokens it renews. */
export interface RenewalParts {
  timing: Timing;
  lock: Lock | undefined;
  current(): Promise<string>;
  /** Makes the request and takes the new pair. */
  renew(attempt: Attempt): Promise<void>;
  /** A request that was given up is over: whatever its reply may have brought has to go. */
  sweep(pair: string): Promise<void>;
}

export interface Attempt {
  /** The pair to be replaced. */
  pair: string;
  signal: AbortSignal;
  mayRetry: boolean;
}

export interface Renewal extends Pick<ClientSession, "refresh"> {
  /** Gives up a refresh under way: the session has ended. */
  stop(why?: Failure): void;
  /** Gives up a refresh under way, and refuses others until it is called back. */
  leave(): (outcome: Outcome) => void;
}

/**
 * One refresh at a time: in this program by a promise, among tabs and processes by a lock; and after waiting for it a
 * second look, because somebody may have renewed the pair meanwhile.
 */
export function createRenewal({ timing, lock, current, renew, sweep }: RenewalParts): Renewal {
  const interrupted = loggedOut();
  let leaving = 0;
  let left: Promise<Outcome> = Promise.resolve("logged_out");
  let flight = takeOff();

  function takeOff() {
    const controller = new AbortController();
    const { signal } = controller;
    const stopped = new Promise<never>((_, fail) => {
      signal.addEventListener("abort", () => fail(signal.reason));
    });
    stopped.catch(() => undefined); // most often there is nobody on board

    async function attempt(pair: string, mayRetry: boolean): Promise<void> {
      const now = await current();
      if (signal.aborted) throw loggedOut();
      if (now === "" && pair !== "") throw refusal("access_token_missing", "This needs a login");
      if (now !== pair) return;
      try {
        await renew({ pair, signal, mayRetry });
      } finally {
        if (signal.aborted) sweepUnlessReplaced(pair).catch(() => undefined);
      }
    }

    return {
      // Whoever waits hears of the stop at once, also when the request does not.
      fly: singleFlight((pair: string, mayRetry: boolean) =>
        Promise.race([withLock(lock, () => attempt(pair, mayRetry), timing), stopped]),
      ),
      stop: (why: Failure) => controller.abort(why),
    };
  }

  /** A login has cookies of its own by now, and they are to stay. */
  async function sweepUnlessReplaced(pair: string): Promise<void> {
    if ((await left) === "logged_out") await sweep(pair);
  }

  function giveUp(why = loggedOut()): void {
    flight.stop(why);
    flight = takeOff();
  }

  return {
    async refresh({ pair: given, ahead = false } = {}) {
      const now = await current();
      const pair = given ?? now;
      if (now !== pair && now !== "") return;
      const fly = () => flight.fly(pair, !ahead);
      try {
        if (leaving === 0) return await fly();
      } catch (error) {
        if (error !== interrupted) throw error;
      }
      // A login or logout came between. What it has brought says whether there is still something to refresh.
      if ((await left) === "logged_out") throw interrupted;
      await fly();
    },
    stop(why) {
      left = Promise.resolve("logged_out");
      giveUp(why);
    },
    leave() {
      let settle = (_outcome: Outcome) => {};
      left = new Promise((resolve) => {
        settle = resolve;
      });
      leaving += 1;
      giveUp(interrupted);
      let isSettled = false;
      return (outcome) => {
        if (isSettled) return;
        isSettled = true;
        leaving -= 1;
        settle(outcome);
      };
    },
  };
}
