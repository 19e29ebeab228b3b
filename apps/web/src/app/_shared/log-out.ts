"use client";

import { dropIdentifier } from "../../forms/carried-identifier.ts";
import { postToOtherTabs } from "../../session/tab-channel.ts";
import { tabState } from "../../session/tab-state-store.ts";
import { clientsOfTab } from "../../session/trpc/clients.ts";

/**
 * Ends the session of this device, or all sessions of the user, in every tab: the others would see it by the cookie, but
 * would not know that it was meant.
 */
export async function logOut({ everywhere }: { everywhere: boolean }): Promise<void> {
  const { auth } = clientsOfTab().client;
  await (everywhere ? auth.logoutEverywhere.mutate() : auth.logout.mutate());
  dropIdentifier();
  postToOtherTabs({ type: "logged_out" });
  tabState.dispatch({ type: "logged_out" });
}
