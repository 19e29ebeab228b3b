/** Where all that is kept of a user is downloaded. */
export const exportPath = "/account/export";

/** The page on which that download begins by itself. */
export const exportPage = "/account/your-data";

/** The page that asks for the password, and leads on to `next`: where no dialog can ask for it. */
export function confirmHref(next: string): string {
  return `/account/confirm?next=${encodeURIComponent(next)}`;
}

/** A download leaves the browser on the page that it was on: so it begins on a page of its own, and not on the form. */
export function afterConfirming(next: string): string {
  return next === exportPath ? exportPage : next;
}
