/** From 0, which falls at once, to 4. */
export type Strength = 0 | 1 | 2 | 3 | 4;

const words: Readonly<Record<Strength, string>> = {
  0: "Guessed at once",
  1: "Guessed soon",
  2: "Could be stronger",
  3: "Strong",
  4: "Very strong",
};

/** A verdict, and what would help; it forbids nothing. */
export function strengthWords(strength: Strength): string {
  const advice = strength < 3 ? ". Some more words would help" : "";
  return `${words[strength]}${advice}`;
}
