import { domainToASCII, domainToUnicode } from "node:url";
import { foldCase } from "./case-folding.ts";
import { passesForAscii } from "./skeleton.ts";
import { invisible, longestTyped, type ValidationIssue, validateAppearance } from "./validation.ts";

/**
 * The canonical form of an email. A form is made first and validated afterwards, so that what was validated is what is stored
 * and compared (validation before normalisation has let look-alike `@` signs through elsewhere). Two spellings with one form
 * are one account. Different emails that only look the same are for `skeleton.ts` and `single-script.ts`.
 */

const emailLength = { local: 64, whole: 254 } as const;
const emailLocalShape = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
/** Checked before `domainToASCII`, which reads like a URL's host: it ends at `/ ? # \`, drops line ends, decodes `%61`. */
const typedDomainShape = /^[\p{L}\p{M}\p{N}.。-]+$/u;
const domainShape = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/;

/**
 * An email as it is stored, and as the address that emails are sent to: the local part in NFKC, the domain as UTS 46 reads it, in its letters.
 * The key is the same for this form and for what was typed, so that no address is checked in one form and used in another.
 *
 * @returns the domain empty where it is none
 */
export function canonicalEmail(email: string): string {
  const text = email.trim();
  const [local, domain] = splitEmail(text);
  if (domain === undefined) return local;
  // An ASCII domain differs from the validated form only in case, and stays as it was typed.
  const typed = text.slice(-domain.length);
  const isAscii = /^[\x21-\x7e]+$/.test(typed) && typed.toLowerCase() === domain;
  return `${local}@${isAscii ? typed : domainToUnicode(domain)}`;
}

/**
 * The form that an email is compared by: the local part without its case, the domain in its ASCII (punycode) form. Two emails
 * share a key only where their canonical forms differ in nothing but case: "ß" is no "ss", which may be another's mailbox.
 */
export function emailKey(email: string): string {
  const [local, domain] = splitEmail(email);
  return domain === undefined ? foldCase(local) : `${withoutCase(local)}@${domain}`;
}

/** The local part in NFKC, and the domain in its punycode form; no domain where there is no at sign. */
function splitEmail(email: string): [local: string, domain: string | undefined] {
  const text = email.trim();
  // The at sign in its three widths. Split before NFKC, because NFKC must not change the domain.
  const at = Math.max(...["@", "\uFF20", "\uFE6B"].map((sign) => text.lastIndexOf(sign)));
  return at === -1
    ? [text.normalize("NFKC"), undefined]
    : [text.slice(0, at).normalize("NFKC"), asciiDomain(text.slice(at + 1))];
}

/** Like simple case folding: both forms of sigma are one letter, and no letter becomes two. */
function withoutCase(local: string): string {
  return local.toLowerCase().replaceAll("ς", "σ").normalize("NFKC");
}

/** A domain in its punycode form by UTS 46 without transitional processing; nothing when it is none. */
function asciiDomain(domain: string): string {
  if (!typedDomainShape.test(domain.normalize("NFKC")) || invisible.test(domain)) return "";
  // The capital sharp s: "ss" in the tables of older versions of Node, "ß" since Unicode 15.1.
  const ascii = domainToASCII(domain.replaceAll("ẞ", "ß"));
  const letters = domainToUnicode(ascii);
  // Newer versions of Node accept a label that cannot be decoded.
  const isReadable = !/(?:^|\.)xn--/.test(letters) && !invisible.test(letters);
  return isReadable && domainToASCII(letters) === ascii ? ascii : "";
}

/** Whether a login identifier is meant as an email. Usernames never hold an `@`. */
export function looksLikeEmail(identifier: string): boolean {
  return identifier.normalize("NFKC").includes("@");
}

export function validateEmail(email: string): ValidationIssue {
  const issue = "Enter an email address, like name@example.com";
  if (email.length > longestTyped) return issue;
  const key = emailKey(email);
  const at = key.lastIndexOf("@");
  const local = key.slice(0, Math.max(at, 0));
  if (key.length > emailLength.whole || local.length > emailLength.local) return issue;
  const domain = key.slice(at + 1);
  // The stored form is read again for each email: it must mean the same then.
  const canonical = canonicalEmail(email);
  if (canonicalEmail(canonical) !== canonical || emailKey(canonical) !== key) return issue;
  const wellFormed = emailLocalShape.test(local) && !invisible.test(local) && domainShape.test(domain);
  return wellFormed ? validateAppearanceOf(local, domainToUnicode(domain).split(".")) : issue;
}

/**
 * Validates each segment alone, because two segments may be in two scripts. Where even the last segment is not ASCII
 * ("почта.рф"), readers expect no ASCII in front of it. Everywhere else, a segment that could be read as ASCII and is not is
 * a spoof.
 */
function validateAppearanceOf(local: string, labels: readonly string[]): ValidationIssue {
  const segments = [local, ...labels];
  const odd = segments.map(validateAppearance).find((issue) => issue !== undefined);
  const last = labels.at(-1) ?? "";
  const expectsAscii = /^[\x21-\x7e]*$/.test(last) || passesForAscii(last);
  return (
    odd ?? (expectsAscii && segments.some(passesForAscii) ? "Use Latin letters where they look the same" : undefined)
  );
}
