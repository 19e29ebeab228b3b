"use server";

import { redirect } from "next/navigation";
import { endedWord, loginAfter } from "../../messages/session-end.ts";
import { failureOf, getCaller } from "../../server/caller.ts";
import { safeReturnTo } from "../../server/return-to.ts";

/** Renews the login of a browser without scripts, and goes on to the page that was asked for. */
export async function renew(form: FormData): Promise<void> {
  const next = safeReturnTo(form.get("next"));
  let to = next;
  try {
    const caller = await getCaller();
    await caller.auth.refresh();
  } catch (error) {
    const { reason, endedBecause } = failureOf(error);
    const over = reason === "refresh_token_missing" || endedWord(reason) !== undefined;
    to = over ? loginAfter(endedBecause ?? reason, next) : `/reconnect?next=${encodeURIComponent(next)}`;
  }
  redirect(to);
}
