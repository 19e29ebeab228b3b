import { mixesDigits, mixesScripts, stacksMarks } from "./single-script.ts";

/** What is wrong with a text, as a sentence for the user who typed it; undefined when nothing is. */
export type ValidationIssue = string | undefined;

/** In UTF-16 units. A longer text is rejected before it is normalised, so that its length costs nothing. */
export const longestTyped = 512;

/** Characters that show nothing although they count as a letter or a mark: Hangul fillers, variation selectors and such. */
export const invisible = /\p{Default_Ignorable_Code_Point}/u;

export function validateAppearance(key: string): ValidationIssue {
  if (mixesScripts(key)) return "Use letters of one script, such as Latin or Cyrillic";
  if (mixesDigits(key)) return "Use digits of one kind";
  return stacksMarks(key) ? "Put fewer marks on one letter" : undefined;
}
