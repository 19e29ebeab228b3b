import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { currentLogin } from "../../server/login.ts";

/**
 * Redirects a logged-in user to the page that they asked for. Not while an action is answered: Next renders the page
 * again with the cookies of the login that just happened, and the form itself ends that with a full page load.
 */
export async function leaveWhenLoggedIn(next: string): Promise<void> {
  if ((await headers()).has("next-action")) return;
  if (await currentLogin()) redirect(next);
}
