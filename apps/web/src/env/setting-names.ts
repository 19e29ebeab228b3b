/**
 * Finds names that are none of ours, but look like it: a setting that is mistyped would be ignored in silence.
 *
 * @param given the names of an environment, in which most belong to other programs
 * @returns a line for each mistyped name
 */
export function mistypedNames(given: Readonly<Record<string, string | undefined>>, known: readonly string[]): string[] {
  return Object.keys(given).flatMap((name) => {
    if (known.includes(name)) return [];
    const meant = misspelled(name, known);
    // With the right name set as well, the other one belongs to another program.
    if (meant !== undefined && given[meant] === undefined)
      return [`${name}: there is no such setting. Did you mean ${meant}?`];
    const alike = renamed(name, known);
    return alike === undefined ? [] : [`${name}: there is no such setting. Did you mean ${alike}?`];
  });
}

/** The setting that differs in its case, its underscores, or a letter or two. */
function misspelled(name: string, known: readonly string[]): string | undefined {
  const letters = lettersOf(name);
  return closest(known, (setting) => {
    const own = lettersOf(setting);
    const distance = Math.abs(own.length - letters.length) > 2 ? 3 : distanceBetween(letters, own);
    return distance <= (own.length < 10 ? 1 : 2) ? -distance : undefined;
  });
}

/** Words that begin names of ours, and of no other program that is known. */
const ownFirstWords: ReadonlySet<string> = new Set(["BCRYPT", "HSTS", "KEEP", "LIMIT", "TRUSTED"]);

/** Words in which the name of a measure ends. */
const measures: ReadonlySet<string> = new Set(
  "BYTES KB MB GB SIZE LENGTH LEN MS SEC SECS SECONDS MIN MINS MINUTES HOURS DAYS TTL TIMEOUT MAX COUNT HOPS".split(
    " ",
  ),
);

/** The setting with the most words in common, if a name begins like it and measures something, or has three words of it. */
function renamed(name: string, known: readonly string[]): string | undefined {
  const words = name.toUpperCase().split("_");
  return closest(known, (setting) => {
    const own = setting.split("_");
    if (own[0] !== words[0] || words.length < 2) return undefined;
    const common = words.filter((word) => own.includes(word)).length;
    const isAlike =
      ownFirstWords.has(own[0] ?? "") ||
      (words.length > 2 && (common > 2 || (common > 1 && measures.has(words.at(-1) ?? ""))));
    return isAlike ? common : undefined;
  });
}

/** The one with the highest score, of those that have one. */
function closest(known: readonly string[], score: (setting: string) => number | undefined): string | undefined {
  let best: { setting: string; score: number } | undefined;
  for (const setting of known) {
    const scored = score(setting);
    if (scored !== undefined && (best === undefined || scored > best.score)) best = { setting, score: scored };
  }
  return best?.setting;
}

function lettersOf(name: string): string {
  return name.toUpperCase().replace(/[^A-Z\d]/g, "");
}

/** How many letters have to be added, left out, replaced or swapped with their neighbour (optimal string alignment). */
function distanceBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
