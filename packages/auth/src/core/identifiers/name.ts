import { longestTyped, type ValidationIssue } from "./validation.ts";

const nameLength = { least: 1, most: 100 } as const;

/** Control, format (bidi and zero-width too), private-use, unassigned and surrogate characters, line ends. */
const invisibleOrControl = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** The scripts in which a joiner, drawn as nothing itself, changes how the letters around it are written. */
const joined = "Arab Syrc Mong Nkoo Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Khmr Mymr Tibt"
  .split(" ")
  .map((script) => `\\p{Script_Extensions=${script}}`)
  .join("");
// biome-ignore lint/plugin: made of the names above alone, and too long to be written twice
const joiner = new RegExp(`(?<=[${joined}])[\\u200C\\u200D](?=[${joined}])`, "gu");

export function validateName(name: string): ValidationIssue {
  if (name.length > longestTyped) return `Use at most ${nameLength.most} characters`;
  const length = [...name.trim()].length;
  if (length < nameLength.least) return "Enter your name";
  if (length > nameLength.most) return `Use at most ${nameLength.most} characters`;
  return invisibleOrControl.test(name.replace(joiner, ""))
    ? "Leave out control characters and characters that cannot be seen"
    : undefined;
}
