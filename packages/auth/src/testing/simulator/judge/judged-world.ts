import type { AuthStore } from "../../../core/ports/store.ts";
import type { Ledger } from "../model/ledger.ts";
import type { Server } from "../model/servers.ts";
import type { Tally } from "../model/tally.ts";
import type { Theft } from "../model/theft.ts";

/** What a judge reads of the world. The world calls its judges, so they do not import it. */
export interface JudgedWorld {
  readonly ledger: Ledger;
  readonly servers: readonly Server[];
  /** The store itself, without gates. */
  readonly store: AuthStore;
  readonly thefts: readonly Theft[];
  readonly tally: Tally;
  readonly wasSetBack: boolean;
  note(line: string): void;
}
