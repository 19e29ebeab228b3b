import { foldCase } from "./case-folding.ts";
import { confusables } from "./confusables/table.ts";

/**
 * What a username looks like: two usernames with one skeleton are taken for each other (UTS 39 §4), and only one of them
 * can be had.
 *
 * Made of the username as it was typed, because that is what people get to see: "Ian" looks like "lan", and "ian" does not.
 * What a sign looks like may itself come in two cases ("0" is "O" is "o"), so it goes round until nothing changes.
 */
export function usernameSkeleton(username: string): string {
  let skeleton = username.trim().normalize("NFKC");
  for (;;) {
    const next = foldCase(appearance(skeleton));
    if (next === skeleton) return skeleton;
    skeleton = next;
  }
}

/** Tells whether a text that is not ASCII could be read as one that is: "сор" in Cyrillic letters. */
export function passesForAscii(text: string): boolean {
  return !isAscii(text) && isAscii(appearance(text));
}

const appearances = new Map(
  confusables
    .trim()
    .split(/\s+/)
    .flatMap((entry) => {
      const [shown = "", signs = ""] = entry.split("=");
      return signs.split(",").map((sign): [string, string] => [textOf(sign), textOf(shown)]);
    }),
);

/** The dot that "i" has anyway is not seen a second time. UTS 39 has no word for that; browsers do so for domains. */
const unseenDot = /(?<=\p{Soft_Dotted})\u0307/gu;

function appearance(text: string): string {
  const signs = [...text.normalize("NFKD").replace(unseenDot, "")];
  return signs
    .map((sign) => appearances.get(sign) ?? sign)
    .join("")
    .normalize("NFD");
}

function textOf(codePoints: string): string {
  return String.fromCodePoint(...codePoints.split("+").map((point) => Number.parseInt(point, 16)));
}

function isAscii(text: string): boolean {
  return [...text].every((sign) => sign <= "\x7f");
}
