"use server";

import { arriveAt, emptyFields, rejectedBy, rejectedFor, textOf } from "../../forms/form-result.ts";
import type { FormState } from "../../forms/form-state.ts";
import { getCaller } from "../../server/caller.ts";
import { safeReturnTo, withReturnTo } from "../../server/return-to.ts";

/** Asks for a link for a new password. What is answered is the same for every address. */
export async function requestReset(_before: FormState, form: FormData): Promise<FormState> {
  const typed = { email: textOf(form, "email") };
  const empty = emptyFields(form, { email: "Enter your email address" });
  if (empty.length > 0) return rejectedFor(empty, typed);
  try {
    const caller = await getCaller();
    await caller.auth.requestPasswordReset(typed);
  } catch (error) {
    return rejectedBy(error, { fields: ["email"], typed });
  }
  return arriveAt(withReturnTo("/forgot-password/sent", safeReturnTo(form.get("next"))));
}
