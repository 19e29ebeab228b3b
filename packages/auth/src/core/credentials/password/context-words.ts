/**
 * Finds out whether a password is made of words that belong to the account or to the site, in the disguises that people and
 * programs that guess put on first: another case, "0" for "o", a year behind it, the word twice or backwards.
 *
 * What is left when all of that is taken away has to be something: four characters at least. So "Ada-Lovelace-1815" is
 * refused to Ada Lovelace, and "ada.lovelace and her engine" is not.
 */
export function isMadeOf(words: readonly string[], password: string): boolean {
  const known = words.flatMap(segmentsOf).filter((word) => length(word) >= shortestWord);
  const all = [...new Set([...known, ...known.map(backwards)])].sort((a, b) => b.length - a.length);
  return readings(password).some((reading) => {
    const left = all.reduce((text, word) => text.replaceAll(word, " "), reading);
    const something = left.replace(/[^\p{L}\p{M}]/gu, "");
    return left !== reading && length(something) < leastOfItsOwn;
  });
}

/** A name of one or two letters is in half of all passwords. */
const shortestWord = 3;
const leastOfItsOwn = 4;

/** What one may read a password as: as it stands, and with the letters that its digits and signs stand for. */
function readings(password: string): string[] {
  const plain = password.normalize("NFKC").toLowerCase();
  // A year or a number at an end is an addition and no disguise, or it is one after all.
  const core = plain.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, "");
  return [plain, ...[plain, core].flatMap((text) => [disguised(text, "i"), disguised(text, "l")])];
}

function disguised(text: string, one: "i" | "l"): string {
  return text.replace(/[013457@$!|]/g, (sign) => letters[sign] ?? one);
}

const letters: Readonly<Record<string, string>> = { 0: "o", 3: "e", 4: "a", 5: "s", 7: "t", "@": "a", $: "s" };

/** "Ada.Lovelace" is one word and two; what stands between them counts for nothing. */
function segmentsOf(name: string): string[] {
  const folded = name.normalize("NFKC").toLowerCase();
  const segments = folded.split(/[^\p{L}\p{M}\p{N}]/u);
  return [folded, segments.join(""), ...segments.map((part) => part.replace(/^\d+|\d+$/g, ""))];
}

function backwards(word: string): string {
  return [...word].reverse().join("");
}

function length(text: string): number {
  return [...text].length;
}
