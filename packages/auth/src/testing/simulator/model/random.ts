/** Chance that repeats itself: the same seed makes the same choices, on every machine. */
export interface Random {
  /** A whole number from 0 to `count - 1`. */
  below(count: number): number;
  /** True so many times out of a hundred. */
  percent(share: number): boolean;
  /** One of a list that is not empty. */
  pick<T>(from: readonly T[]): T;
  /** One of a list that is not empty, each as often as its weight says. */
  pickByWeight<T extends { weight: number }>(from: readonly T[]): T;
}

/** Mulberry32: 32 bits of state, which is plenty for telling one story from another. Never for a secret. */
export function createRandom(seed: number): Random {
  let state = (seed ^ 0x9e37_79b9) >>> 0;
  const below = (count: number): number => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * count);
  };
  const pick = <T>(from: readonly T[]): T => {
    const picked = from[below(from.length)];
    if (picked === undefined) throw new Error("There is nothing to pick from");
    return picked;
  };
  return {
    below,
    percent: (share) => below(100) < share,
    pick,
    pickByWeight<T extends { weight: number }>(from: readonly T[]) {
      let left = below(from.reduce((sum, { weight }) => sum + weight, 0));
      const picked = from.find(({ weight }) => {
        left -= weight;
        return left < 0;
      });
      return picked ?? pick(from);
    },
  };
}
