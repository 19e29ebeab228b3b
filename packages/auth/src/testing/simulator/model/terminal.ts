import { isSuperseded } from "../../../client/token-store.ts";
import { terminalReasons } from "../../../core/domain/terminal-reasons.ts";
import type { Reply } from "../../test-app.ts";
import { beginnings, type Call, type Holder, nothing, type Presented, rejectionIn, tokensIn } from "./holder.ts";

/**
 * A client without cookies, such as a terminal: one store of tokens, which any number of processes share. It keeps the
 * younger of two pairs, as such clients must, and gives up a pair only when it is still the one that was refused.
 */
export class Terminal implements Holder {
  readonly delivery = "body";
  answeredAt = Number.NEGATIVE_INFINITY;
  #tokens: Presented;

  constructor(
    readonly name: string,
    readonly user: number,
    readonly isThief = false,
    tokens: Presented = nothing,
  ) {
    this.#tokens = tokens;
  }

  read(): Presented {
    return this.#tokens;
  }

  receive({ purpose, presented }: Call, reply: Reply, now: number): void {
    const { challenge, ...tokens } = tokensIn(reply);
    const isAnswered = reply.status === 200 && tokens.refreshToken !== undefined;
    if (challenge !== undefined) this.#tokens = { ...this.#tokens, challenge };
    if (isAnswered && beginnings.has(purpose)) this.#tokens = tokens;
    if (isAnswered && purpose === "refresh") this.#keepYounger(presented, tokens);
    if (isAnswered && (purpose === "refresh" || beginnings.has(purpose))) this.answeredAt = now;
    const over = purpose === "refresh" && endings.has(rejectionIn(reply) ?? "");
    const same = this.#tokens.refreshToken === presented.refreshToken;
    if (same && (over || (reply.status === 200 && purpose === "logout"))) this.#tokens = nothing;
  }

  stolen(): Terminal {
    return new Terminal(`thief of ${this.name}`, this.user, true, this.#tokens);
  }

  #keepYounger(presented: Presented, next: Presented): void {
    const now = this.#tokens;
    if (now.refreshToken === undefined) return;
    const replaced = now.refreshToken !== presented.refreshToken;
    if (replaced && isSuperseded(textsOf(next), textsOf(now))) return;
    this.#tokens = next;
  }
}

const endings: ReadonlySet<string> = new Set(terminalReasons);

function textsOf({ accessToken = "", refreshToken = "" }: Presented) {
  return { accessToken, refreshToken };
}
