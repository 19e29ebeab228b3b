/// <reference lib="es2024.string" />

import { AuthError } from "../../domain/errors.ts";
import { passwordMaxLength } from "../../domain/settings.ts";

/**
 * Rejects what cannot be a password before any work is spent on it: longer than `passwordMaxLength` code points, with a
 * NUL (other bcrypt libraries stop reading there), or not well-formed Unicode (two different lone surrogates become the
 * same bytes). Anything else goes: any script, spaces at the ends, no composition rules (ASVS 6.2.5, 6.2.8, 6.2.9). A
 * text of 5 MB costs what a short one does.
 *
 * @throws {AuthError} `validation_failed`, without the password in it
 */
export function checkPasswordText(password: string): void {
  if (hasMoreCodePoints(password, passwordMaxLength)) reject(`Use at most ${passwordMaxLength} characters`);
  if (password.includes("\0")) reject("Leave out the NUL character");
  if (!password.isWellFormed()) reject("Leave out the half of a character that is in it");
}

/** True when the text has more than `most` code points. Never reads further than that, whatever the text's length. */
export function hasMoreCodePoints(text: string, most: number): boolean {
  if (text.length > 2 * most) return true; // a code point takes at most two units of UTF-16
  let count = 0;
  for (const _ of text) count += 1;
  return count > most;
}

function reject(sentence: string): never {
  throw new AuthError("validation_failed", { fields: { password: [sentence] } });
}
