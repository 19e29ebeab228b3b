import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { currentLogin } from "../../server/login.ts";

/**
 * Sends somebody who is logged in on to where they want to be. Not while an action is answered: Next renders the page
 * again with the cookies of the login that just happened, and the form itself ends that with a full page load.
 */
export async function leaveWhenLoggedIn(next: string): Promise<void> {
  if ((await headers()).has("next-action")) return;
  if (await currentLogin()) redirect(next);
}
