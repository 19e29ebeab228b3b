"use server";

import { arriveAt, emptyFields, goOnAt, rejectedBy, rejectedFor, textOf } from "../../../forms/form-result.ts";
import type { FormState } from "../../../forms/form-state.ts";
import { noFormFor } from "../../../messages/login-methods.ts";
import { loginUnfinished } from "../../../messages/session-end.ts";
import { failureOf, getCaller } from "../../../server/caller.ts";
import { safeReturnTo } from "../../../server/return-to.ts";

/** Finishes a login with a code of any kind that draws nothing for a device. The challenge comes in its cookie. */
export async function completeLogin(_before: FormState, form: FormData): Promise<FormState> {
  const next = safeReturnTo(form.get("next"));
  const method = textOf(form, "method");
  const code = textOf(form, "code"); // as typed: its kind reads it
  const typed = { method };
  const empty = emptyFields(form, { code: "Enter the code" });
  if (empty.length > 0) return rejectedFor(empty, typed);
  try {
    const { auth } = await getCaller();
    const { options } = await auth.beginSecondFactor({ method });
    if (Object.keys(options).length > 0) return rejectedFor([{ field: "code", message: noFormFor(method) }], typed);
    await auth.completeLogin({ method, response: code });
  } catch (error) {
    if (failureOf(error).reason === "challenge_invalid") return goOnAt(loginUnfinished(next));
    return rejectedBy(error, { fields: ["code"], typed, code: "code" });
  }
  return arriveAt(next);
}
