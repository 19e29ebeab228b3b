/** Work that was begun and stops at each gate until the test lets it go on. */
export interface Turn<T> {
  /** The gate at which it stands, such as `rotateSession before`; undefined when it is over. */
  readonly gate: string | undefined;
  /** Resolves or rejects when it is over. */
  readonly result: Promise<T>;
}

/**
 * Lets several things that run at once move one at a time, each from gate to gate, in an order that the test
 * chooses (an interleaving). Between two gates nothing else runs, so the same choices give the same interleaving on every machine: also where the
 * platform's own threads (WebCrypto) would finish in another order at each run.
 */
export interface Turns {
  /** The gate: for `createMemoryStore({ pause })` and `createFakePasswordHasher({ pause })`. Open for work that takes no turns. */
  pause: (gate: string, moment?: "before" | "after") => Promise<void>;
  /** Begins something, and resolves when it stands at its first gate or is over. */
  begin<T>(work: () => Promise<T>): Promise<Turn<T>>;
  /** Opens the gate, and resolves when it stands at the next one or is over. Once it is over, does nothing. */
  goOn(turn: Turn<unknown>): Promise<void>;
}

interface Running {
  gate: string | undefined;
  result: Promise<unknown>;
  open: () => void;
  stopped: () => void;
}

export function createTurns(): Turns {
  let running: Running | undefined;

  function stop(turn: Running, gate: string | undefined): void {
    turn.gate = gate;
    running = undefined;
    turn.stopped();
  }

  async function run(turn: Running, move: () => void): Promise<void> {
    if (running) throw new Error("One thing at a time: something else is still moving");
    running = turn;
    const stopped = new Promise<void>((resolve) => {
      turn.stopped = resolve;
    });
    move();
    await stopped;
  }

  return {
    async pause(gate, moment) {
      const turn = running;
      if (!turn) return;
      const opened = new Promise<void>((resolve) => {
        turn.open = resolve;
      });
      stop(turn, moment ? `${gate} ${moment}` : gate);
      await opened;
    },
    async begin<T>(work: () => Promise<T>) {
      const turn: Running & { result: Promise<T> } = {
        gate: undefined,
        result: new Promise<T>(() => {}),
        open: () => {},
        stopped: () => {},
      };
      await run(turn, () => {
        turn.result = work();
        turn.result.then(
          () => stop(turn, undefined),
          () => stop(turn, undefined),
        );
      });
      return turn;
    },
    async goOn(turn) {
      if (turn.gate !== undefined) await run(turn as Running, (turn as Running).open);
    },
  };
}

/** Chooses one of so many ways to go on: a number from 0 to `ways - 1`. */
export type Choose = (ways: number) => number;

/** Runs all of them, each to its end, and lets `choose` say at each gate whose turn it is. */
export async function takeTurns<Results extends readonly unknown[]>(
  turns: Turns,
  works: { [At in keyof Results]: () => Promise<Results[At]> },
  choose: Choose,
): Promise<Results> {
  const begun: Array<Turn<unknown> | undefined> = works.map(() => undefined);
  for (;;) {
    const waiting = works.flatMap((_, at) => (!begun[at] || begun[at].gate !== undefined ? [at] : []));
    if (waiting.length === 0) break;
    const at = waiting[choose(waiting.length)] ?? 0;
    const turn = begun[at];
    const work = works[at];
    if (turn) await turns.goOn(turn);
    else if (work) begun[at] = await turns.begin(work);
  }
  return (await Promise.all(begun.map((turn) => turn?.result))) as unknown as Results;
}

/**
 * Runs a scene again and again, until every sequence of choices was made once. Returns how many there were, so that a test
 * can say that it was not just one.
 */
export async function everyOrder(scene: (choose: Choose) => Promise<void>): Promise<number> {
  let script: number[] = [];
  for (let count = 1; ; count += 1) {
    const taken: Array<{ choice: number; ways: number }> = [];
    await scene((ways) => {
      const choice = script[taken.length] ?? 0;
      taken.push({ choice, ways });
      return choice;
    });
    const last = taken.findLastIndex(({ choice, ways }) => choice + 1 < ways);
    if (last === -1) return count;
    script = taken.slice(0, last + 1).map(({ choice }, at) => (at === last ? choice + 1 : choice));
  }
}
