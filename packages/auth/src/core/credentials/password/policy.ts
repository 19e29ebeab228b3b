import { AuthError } from "../../domain/errors.ts";
import { isMadeOf } from "./context-words.ts";
import { checkPasswordText, hasMoreCodePoints } from "./input.ts";

export interface PasswordPolicy {
  /** The fewest code points. */
  minLength: number;
  /** Whose password it is going to be: none of these may be it. */
  account: { username: string; email: string; name: string };
  /** The names of the site, such as those in its address. */
  siteWords?: readonly string[];
  /** See `AuthOptions.isLeakedPassword`. */
  isLeaked?: ((password: string) => Promise<boolean>) | undefined;
}

const productName = "watchword";

/**
 * Rejects passwords that an attacker would try first: short ones (ASVS 6.2.1), common ones (ASVS 6.2.4, 6.2.12), the
 * account's own names and the site's, in their usual disguises too (ASVS 6.2.11). Compared without case and in NFKC form.
 * Nothing else is asked: no composition rules, no trimming, any character (ASVS 6.2.5).
 *
 * @throws {AuthError} `password_unacceptable` with the sentence to show at the field | `validation_failed` (see
 *   `checkPasswordText`)
 */
export async function checkNewPassword(password: string, policy: PasswordPolicy): Promise<void> {
  const { minLength, account, siteWords = [], isLeaked } = policy;
  checkPasswordText(password);
  if (!hasMoreCodePoints(password, minLength - 1)) reject(`Use at least ${minLength} characters`);
  const compared = comparable(password);
  if (isMadeOf([productName, ...siteWords], password)) reject("Do not use the name of this site as your password");
  if (namesOf(account).includes(compared)) reject("Do not use your username, email or name as your password");
  if (isMadeOf(namesOf(account), password)) {
    reject("Do not make your password of your username, email or name: they are tried first");
  }
  if ((await commonPasswords()).includes(compared)) {
    reject("That password is on every list of common passwords. Choose another");
  }
  if (await isLeaked?.(password)) {
    reject("That password was stolen from another site and is being tried everywhere. Choose another");
  }
}

/** The error that `checkNewPassword` throws, as a value: for callers that report it together with other problems. */
export async function errorOfNewPassword(password: string, policy: PasswordPolicy): Promise<AuthError | undefined> {
  try {
    await checkNewPassword(password, policy);
    return undefined;
  } catch (error) {
    if (error instanceof AuthError && error.fields?.password !== undefined) return error;
    throw error;
  }
}

/** The form in which passwords are compared with lists and names; never the one that is hashed. */
function comparable(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

function namesOf({ username, email, name }: PasswordPolicy["account"]): string[] {
  const localPart = email.slice(0, Math.max(0, email.lastIndexOf("@")));
  return [username, email, localPart, name].map((text) => comparable(text.trim()));
}

/**
 * 49,233 passwords, in `comparable` form already. Loaded by the first registration, not at start: 380 kB of source and
 * about 40 ms. Searched as a list: a third of a millisecond, beside the quarter of a second that the hash takes.
 */
async function commonPasswords(): Promise<readonly string[]> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  return dictionary["passwords-common"];
}

function reject(sentence: string): never {
  throw new AuthError("password_unacceptable", { message: sentence, fields: { password: [sentence] } });
}
