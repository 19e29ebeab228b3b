import { domainToASCII, domainToUnicode } from "node:url";
import { foldCase } from "./case-folding.ts";
import { mixesDigits, mixesScripts, stacksMarks } from "./single-script.ts";
import { passesForAscii } from "./skeleton.ts";

/**
 * The canonical forms that usernames and emails are compared by. A form is made first and judged afterwards, so that
 * what was checked is what is stored and compared (validating before normalising has let look-alike `@` signs through
 * elsewhere). Two spellings with one form are one account: case, width and composition are folded. What is no spelling of
 * the same and only looks so is for `look-alike.ts` and `one-script.ts`.
 */

const usernameLength = { least: 3, most: 32 } as const;
const emailLength = { local: 64, whole: 254 } as const;
const nameLength = { least: 1, most: 100 } as const;

/** In UTF-16 units. A longer text is refused before it is normalised, so that its length costs nothing. */
const longestTyped = 512;

const usernameShape = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$/u;
/** What is drawn as nothing although it counts as a letter or a mark: Hangul fillers, variation selectors and such. */
const drawnAsNothing = /\p{Default_Ignorable_Code_Point}/u;
const emailLocalShape = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
/** Looked at before `domainToASCII`, which reads like a URL's host: it ends at `/ ? # \`, drops line ends, decodes `%61`. */
const typedDomainShape = /^[\p{L}\p{M}\p{N}.。-]+$/u;
const domainShape = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/;
/** Control, format (bidi and zero-width too), private-use, unassigned and surrogate characters, line ends. */
const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** The scripts in which a joiner, drawn as nothing itself, changes how the letters around it are written. */
const joined = "Arab Syrc Mong Nkoo Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Khmr Mymr Tibt"
  .split(" ")
  .map((script) => `\\p{Script_Extensions=${script}}`)
  .join("");
// biome-ignore lint/plugin: made of the names above alone, and too long to be written twice
const joiner = new RegExp(`(?<=[${joined}])[\\u200C\\u200D](?=[${joined}])`, "gu");

/** What is wrong with a text, as a sentence for its writer, or undefined when nothing is. */
export type ValidationIssue = string | undefined;

/** The form that a username is compared by; equal for "Ada", "ADA" and "ａｄａ". */
export function usernameKey(username: string): string {
  return foldCase(username.trim());
}

/**
 * An email as it is stored and as mail is sent to it: the local part in NFKC, the domain as UTS 46 reads it, in its letters.
 * The key is the same for this form and for what was typed, so that no address is checked in one form and used in another.
 *
 * @returns the domain empty where it is none
 */
export function canonicalEmail(email: string): string {
  const text = email.trim();
  const [local, domain] = partsOf(text);
  if (domain === undefined) return local;
  // In ASCII it differs from what was checked in nothing but case, and stays as it was typed.
  const typed = text.slice(-domain.length);
  const isAscii = /^[\x21-\x7e]+$/.test(typed) && typed.toLowerCase() === domain;
  return `${local}@${isAscii ? typed : domainToUnicode(domain)}`;
}

/**
 * The form that an email is compared by: the local part without its case, the domain in its ASCII (punycode) form. Two emails
 * share a key only where their canonical forms differ in nothing but case: "ß" is no "ss", which may be another's mailbox.
 */
export function emailKey(email: string): string {
  const [local, domain] = partsOf(email);
  return domain === undefined ? foldCase(local) : `${withoutCase(local)}@${domain}`;
}

/** The local part in NFKC, and the domain in its punycode form; no domain where there is no at sign. */
function partsOf(email: string): [local: string, domain: string | undefined] {
  const text = email.trim();
  // Each is the at sign in another width, which NFKC knows: split first, because a domain is not for NFKC to change.
  const at = Math.max(...["@", "\uFF20", "\uFE6B"].map((sign) => text.lastIndexOf(sign)));
  return at === -1
    ? [text.normalize("NFKC"), undefined]
    : [text.slice(0, at).normalize("NFKC"), asciiDomain(text.slice(at + 1))];
}

/** Like simple case folding: the two forms of sigma are one letter, and no letter becomes two. */
function withoutCase(local: string): string {
  return local.toLowerCase().replaceAll("ς", "σ").normalize("NFKC");
}

/** A domain in its punycode form by UTS 46 without transitional processing; nothing when it is none. */
function asciiDomain(domain: string): string {
  if (!typedDomainShape.test(domain.normalize("NFKC")) || drawnAsNothing.test(domain)) return "";
  // The capital sharp s: "ss" in the tables of older versions of Node, "ß" since Unicode 15.1.
  const ascii = domainToASCII(domain.replaceAll("ẞ", "ß"));
  const letters = domainToUnicode(ascii);
  // What cannot be decoded encodes nothing. Newer versions of Node let it pass.
  const isReadable = !/(?:^|\.)xn--/.test(letters) && !drawnAsNothing.test(letters);
  return isReadable && domainToASCII(letters) === ascii ? ascii : "";
}

/** Tells whether somebody who typed this to log in meant an email. Usernames never hold an `@`. */
export function looksLikeEmail(identifier: string): boolean {
  return identifier.normalize("NFKC").includes("@");
}

export function validateUsername(username: string): ValidationIssue {
  if (username.length > longestTyped) return `Use at most ${usernameLength.most} characters`;
  const key = usernameKey(username);
  const length = [...key].length;
  if (length < usernameLength.least) return `Use at least ${usernameLength.least} characters`;
  if (length > usernameLength.most) return `Use at most ${usernameLength.most} characters`;
  if (!usernameShape.test(key) || drawnAsNothing.test(key))
    return "Use letters, digits, dots, hyphens and underscores, starting with a letter or digit";
  return validateAppearance(key);
}

export function validateEmail(email: string): ValidationIssue {
  const complaint = "Enter an email address, like name@example.com";
  if (email.length > longestTyped) return complaint;
  const key = emailKey(email);
  const at = key.lastIndexOf("@");
  const local = key.slice(0, Math.max(at, 0));
  if (key.length > emailLength.whole || local.length > emailLength.local) return complaint;
  const domain = key.slice(at + 1);
  // What is stored is read again whenever mail is sent: it has to mean the same then.
  const canonical = canonicalEmail(email);
  if (canonicalEmail(canonical) !== canonical || emailKey(canonical) !== key) return complaint;
  const wellFormed = emailLocalShape.test(local) && !drawnAsNothing.test(local) && domainShape.test(domain);
  return wellFormed ? validateAppearanceOf(local, domainToUnicode(domain).split(".")) : complaint;
}

/**
 * Looks at an address part by part, because a part in another script than the next is nothing odd. Where even the last part
 * is in letters of its own ("почта.рф"), nobody expects ASCII in front of it; everywhere else, a part that could be read as
 * ASCII and is not stands there to be taken for another.
 */
function validateAppearanceOf(local: string, labels: readonly string[]): ValidationIssue {
  const parts = [local, ...labels];
  const odd = parts.map(validateAppearance).find((complaint) => complaint !== undefined);
  const last = labels.at(-1) ?? "";
  const expectsAscii = /^[\x21-\x7e]*$/.test(last) || passesForAscii(last);
  return odd ?? (expectsAscii && parts.some(passesForAscii) ? "Use Latin letters where they look the same" : undefined);
}

function validateAppearance(key: string): ValidationIssue {
  if (mixesScripts(key)) return "Use letters of one script, such as Latin or Cyrillic";
  if (mixesDigits(key)) return "Use digits of one kind";
  return stacksMarks(key) ? "Put fewer marks on one letter" : undefined;
}

export function validateName(name: string): ValidationIssue {
  if (name.length > longestTyped) return `Use at most ${nameLength.most} characters`;
  const length = [...name.trim()].length;
  if (length < nameLength.least) return "Enter your name";
  if (length > nameLength.most) return `Use at most ${nameLength.most} characters`;
  return unseen.test(name.replace(joiner, ""))
    ? "Leave out control characters and characters that cannot be seen"
    : undefined;
}
