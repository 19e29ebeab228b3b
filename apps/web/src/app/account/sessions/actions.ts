"use server";

import type { AppCaller } from "@watchword/api";
import { arriveAt, needsLogin, rejectedBy, textOf } from "../../../forms/form-result.ts";
import type { FormState } from "../../../forms/form-state.ts";
import { endedWord } from "../../../messages/session-end.ts";
import { failureOf, getCaller } from "../../../server/caller.ts";

/** Ends one session of the user, on another device. */
export async function endSession(_before: FormState, form: FormData): Promise<FormState> {
  return end("ended", (caller) => caller.auth.endSession({ sessionId: textOf(form, "sessionId") }));
}

/** Ends every session of the user but this one. */
export async function endOtherSessions(): Promise<FormState> {
  return end("others", (caller) => caller.auth.endOtherSessions());
}

async function end(news: "ended" | "others", what: (caller: AppCaller) => Promise<unknown>): Promise<FormState> {
  try {
    await what(await getCaller());
  } catch (error) {
    const { reason, endedBecause } = failureOf(error);
    if (endedWord(reason) !== undefined) return needsLogin(endedBecause ?? reason, "/account/sessions");
    // Another request was faster: the session has ended already.
    if (reason !== "not_found") return rejectedBy(error, { fields: [], typed: {} });
  }
  return arriveAt(`/account/sessions?from=${news}`);
}
