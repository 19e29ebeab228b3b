import { asksForPassword } from "../../messages/login-methods.ts";

/** Where all that is kept of a user is downloaded. */
export const exportPath = "/account/export";

/** The page on which that download begins by itself. */
export const exportPage = "/account/your-data";

/**
 * The page that asks for a credential, and leads on to `next`: where no dialog can ask for it.
 *
 * @param methods the kinds of which each would bring the call further. Left out of the address where it is the password
 */
export function confirmHref(next: string, methods?: readonly string[]): string {
  const asked = asksForPassword(methods) ? [] : (methods ?? []);
  return `/account/confirm?next=${encodeURIComponent(next)}${asked.map((method) => `&method=${encodeURIComponent(method)}`).join("")}`;
}

/** More kinds than any account has. */
const mostMethods = 10;

/** The kinds in such an address, as far as they can be believed: no page says a sentence that a link brought along. */
export function methodsIn(value: string | string[] | undefined): readonly string[] {
  const kinds = [value ?? []].flat().filter((kind) => /^[a-z][a-z0-9_]{0,31}$/.test(kind));
  return [...new Set(kinds)].slice(0, mostMethods);
}

/** A download leaves the browser on the page that it was on: so it begins on a page of its own, and not on the form. */
export function afterConfirming(next: string): string {
  return next === exportPath ? exportPage : next;
}
