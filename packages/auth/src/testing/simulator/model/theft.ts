import { windowMs } from "./conditions.ts";
import type { Holder } from "./holder.ts";
import type { KnownSession } from "./ledger.ts";

/**
 * What is known of one theft: who has spoken since, when, and who got on. Thief and victim are told apart by who sent,
 * which the server cannot.
 */
export class Theft {
  /** Who went on with a token that was handed out after the jar was copied. */
  readonly wentOn = new Set<"thief" | "victim">();
  /** Whether one of them ever spoke within the window of the other: then no server can tell them apart (S5). */
  together = false;
  readonly #spoke: { thief: number; victim: number };
  #toleranceMs: number;

  /** @param order how many tokens had been handed out when the jar was copied */
  constructor(
    readonly session: KnownSession,
    readonly thief: Holder,
    readonly order: number,
    skewMs: number,
  ) {
    this.#toleranceMs = windowMs + skewMs;
    this.#spoke = { thief: Number.NEGATIVE_INFINITY, victim: session.lastHonestAt };
  }

  /** A refresh of one of them was at work in a server at this time. */
  spoke(who: "thief" | "victim", now: number): void {
    this.#spoke[who] = now;
    if (Math.abs(this.#spoke.thief - this.#spoke.victim) <= this.#toleranceMs) this.together = true;
  }

  /** A clock that was set back makes a window that much longer. */
  clockSetBack(ms: number): void {
    this.#toleranceMs += ms;
  }
}
