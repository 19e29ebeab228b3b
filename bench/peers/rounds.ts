import type { Bench } from "./measure.ts";

/** What was measured, by the name of the contestant: a slice for each round. */
export type Rounds<T> = Map<string, T[]>;

/**
 * Lets contestants take turns, slice by slice: what else happens on the machine happens to all of them. Each begins a round in its
 * turn, because what one leaves to be collected, the next one may pay. The first round is thrown away: a server that was warm
 * minutes ago, while the others were prepared, has to become so again.
 */
export async function runRounds<C extends { name: string }, T>(
  { options, say }: Bench,
  contestants: readonly C[],
  slice: (contestant: C) => Promise<T>,
): Promise<Rounds<T>> {
  const rounds: Rounds<T> = new Map(contestants.map(({ name }) => [name, []]));
  for (let round = -1; round < options.rounds; round += 1) {
    const first = (round + 1) % contestants.length;
    for (const contestant of [...contestants.slice(first), ...contestants.slice(0, first)]) {
      const measured = await slice(contestant);
      if (round >= 0) rounds.get(contestant.name)?.push(measured);
    }
    if (round >= 0) say(`  round ${round + 1} of ${options.rounds}`);
  }
  return rounds;
}

/** One figure of each round of a contestant. */
export function figures<T>(rounds: Rounds<T>, name: string, figure: (slice: T) => number): number[] {
  return (rounds.get(name) ?? []).map(figure);
}

/** One kind of latency, of all rounds together. */
export function pooled<T>(rounds: Rounds<T>, name: string, latencies: (slice: T) => readonly number[]): number[] {
  return (rounds.get(name) ?? []).flatMap(latencies);
}
