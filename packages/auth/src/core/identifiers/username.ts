import { foldCase } from "./case-folding.ts";
import { invisible, longestTyped, type ValidationIssue, validateAppearance } from "./validation.ts";

const usernameLength = { least: 3, most: 32 } as const;
const usernameShape = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$/u;

/** The form that a username is compared by; equal for "Ada", "ADA" and "ａｄａ". */
export function usernameKey(username: string): string {
  return foldCase(username.trim());
}

/** Validates the form that is compared and stored, never the text before it was folded. */
export function validateUsername(username: string): ValidationIssue {
  if (username.length > longestTyped) return `Use at most ${usernameLength.most} characters`;
  const key = usernameKey(username);
  const length = [...key].length;
  if (length < usernameLength.least) return `Use at least ${usernameLength.least} characters`;
  if (length > usernameLength.most) return `Use at most ${usernameLength.most} characters`;
  if (!usernameShape.test(key) || invisible.test(key))
    return "Use letters, digits, dots, hyphens and underscores, starting with a letter or digit";
  return validateAppearance(key);
}
