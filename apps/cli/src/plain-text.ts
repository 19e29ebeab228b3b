import { stripVTControlCharacters } from "node:util";

/** Control characters (ESC and CSI among them), line separators, and what turns the direction of writing around. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text from the server made safe for a terminal: on one line, without escape sequences. Another user may have chosen it, and a
 * terminal executes escape sequences: they move the cursor, rewrite lines, and fill the clipboard.
 */
export function plainText(text: string): string {
  return stripVTControlCharacters(text).replace(unseen, "");
}

/** JSON on one line that says the same to a program, and nothing to a terminal. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value).replace(unseen, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
