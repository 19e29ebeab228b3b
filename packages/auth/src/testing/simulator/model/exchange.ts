import type { Reply } from "../../test-app.ts";
import type { Turn } from "../../turns.ts";
import type { Call, Holder } from "./holder.ts";
import type { KnownSession, KnownUser } from "./ledger.ts";
import type { Server } from "./servers.ts";

/** One question of a holder's and what becomes of it. */
export interface Exchange {
  readonly from: Holder;
  readonly call: Call;
  readonly sentAt: number;
  /** Whether the holder no longer waits: it gave up, or left the page. */
  givenUp: boolean;
  answered: boolean;
}

export interface Message {
  readonly exchange: Exchange;
  /** Undefined while the request is on its way. */
  readonly reply: Reply | undefined;
}

/** A request that a server is working on. */
export interface Handling {
  readonly exchange: Exchange;
  readonly server: Server;
  readonly turn: Turn<Reply>;
  /** The sessions that were over when it came in. */
  readonly over: ReadonlySet<KnownSession>;
  /** The sessions that had idled out by this server's clock when it came in, where all clocks are the same. */
  readonly ranOut: ReadonlySet<KnownSession>;
  /** The users with a second factor when it came in. */
  readonly withSecondFactor: ReadonlySet<KnownUser>;
  /** The earliest and the latest that the server's clock has shown meanwhile. */
  earliest: number;
  latest: number;
  /** How often it has read a session. */
  reads: number;
}
