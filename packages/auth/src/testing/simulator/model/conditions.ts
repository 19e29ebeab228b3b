import type { Delivery } from "../../../core/domain/model.ts";
import type { Random } from "./random.ts";

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/**
 * The repeat window (G) that clients go by. A constant and not what the servers were given, because a server with another
 * one is among the mistakes that have to be found.
 */
export const windowMs = 30 * second;
/** How long a client waits for the answer to a refresh. */
export const patienceMs = 15 * second;

/** Under what conditions a history is played. Drawn from its seed before the first step. */
export interface Conditions {
  /**
   * Crowded: tabs and processes know nothing of each other, messages of one login overtake and double each other, and
   * assumption A3 of the protocol is kept in full: none is under way while its session's repeat window closes.
   *
   * Not crowded: one exchange of a login at a time, as a lock sees to, and a client that has given up drops what comes
   * after all. Then a message may be under way while a window closes, and the servers' clocks may differ by more than
   * the window. Both at once no rule of this kind could hold: for two servers whose clocks differ by a window, the same
   * instant is within the window and after it.
   */
  crowded: boolean;
  /** By how much each server's clock is ahead of the true time, in milliseconds. */
  skewsMs: readonly number[];
  users: number;
  clients: ReadonlyArray<{ user: number; delivery: Delivery }>;
  /** Whether the last server is of a version that does not know the kind of a second factor. Never the only one. */
  hasOlderServer: boolean;
  /** Whether users may add a second factor. */
  hasSecondFactors: boolean;
  /** Whether a thief comes along who copies what a client keeps. */
  thief: boolean;
  /** How many steps the history has. */
  steps: number;
}

export function drawConditions(random: Random): Conditions {
  const crowded = random.percent(60);
  const servers = 1 + random.below(3);
  const widestSkew = crowded ? 0 : random.pick([0, 10 * second, 60 * second]);
  const users = 1 + random.below(2);
  const clients = Array.from({ length: 1 + random.below(3) }, () => ({
    user: random.below(users),
    delivery: random.pick(["cookie", "cookie", "body"] as const),
  }));
  return {
    crowded,
    skewsMs: Array.from({ length: servers }, (_, at) => (at === 0 ? 0 : random.below(widestSkew + 1))),
    users,
    clients,
    thief: random.percent(40),
    steps: 30 + random.below(40),
    hasOlderServer: servers > 1 && random.percent(40),
    hasSecondFactors: random.percent(40),
  };
}

/** The most by which two servers' clocks differ. */
export function widestSkewMs({ skewsMs }: Pick<Conditions, "skewsMs">): number {
  return Math.max(...skewsMs) - Math.min(...skewsMs);
}
