"use server";

import type { AppCaller } from "@watchword/api";
import type { FormState } from "../../components/form/form-state.ts";
import { arriveAt, needsLogin, refusedBy, textOf } from "../../components/form/refusal.ts";
import { failureOf, getCaller } from "../../server/caller.ts";
import { endedWord } from "../../session-end.ts";

/** Ends one session of whoever asks, on another device. */
export async function endSession(_before: FormState, form: FormData): Promise<FormState> {
  return end("ended", (caller) => caller.auth.endSession({ sessionId: textOf(form, "sessionId") }));
}

/** Ends every session of whoever asks but this one. */
export async function endOtherSessions(): Promise<FormState> {
  return end("others", (caller) => caller.auth.endOtherSessions());
}

async function end(news: "ended" | "others", what: (caller: AppCaller) => Promise<unknown>): Promise<FormState> {
  try {
    await what(await getCaller());
  } catch (error) {
    const { reason, endedBecause } = failureOf(error);
    if (endedWord(reason) !== undefined) return needsLogin(endedBecause ?? reason, "/account");
    // Somebody was faster: what was asked for is so.
    if (reason !== "not_found") return refusedBy(error, { fields: [], typed: {} });
  }
  return arriveAt(`/account?from=${news}`);
}
