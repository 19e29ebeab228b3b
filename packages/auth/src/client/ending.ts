import type { ClientSessionOptions, EndReason } from "./client-session.ts";

/** Tells once for each login that it is over, however many calls hear of it. */
export interface Ending {
  /** What whoever was told first has answered; undefined while nobody has been told. */
  told(): Promise<boolean> | undefined;
  /** @param forget is done first */
  tell(reason: EndReason, pair: string, forget?: () => Promise<void>): Promise<boolean>;
  /** To be called with each pair that is seen in use: another one than that which ended comes from a new login. */
  see(pair: string): void;
  /** The user has logged out: late refusals of calls made under this pair are news to nobody. */
  leave(pair: string): void;
  hasLeft(pair: string): boolean;
}

export function createEnding(onEnded: ClientSessionOptions["onEnded"]): Ending {
  let ended: { pair: string; again: Promise<boolean> } | undefined;
  let left = "";

  async function ask(reason: EndReason, forget: (() => Promise<void>) | undefined): Promise<boolean> {
    try {
      await forget?.();
    } catch {
      // The server knows that it is over, whatever is still kept here. The next call that is refused tries again.
      ended = undefined;
    }
    const answer: unknown = await onEnded?.(reason);
    return answer === true;
  }

  return {
    told: () => ended?.again,
    tell(reason, pair, forget) {
      ended ??= { pair, again: ask(reason, forget).catch(() => false) };
      return ended.again;
    },
    see(pair) {
      if (pair !== "" && pair !== ended?.pair) ended = undefined;
    },
    leave(pair) {
      left = pair;
    },
    hasLeft: (pair) => pair !== "" && pair === left,
  };
}
