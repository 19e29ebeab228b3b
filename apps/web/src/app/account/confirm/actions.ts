"use server";

import { arriveAt, needsLogin, rejectedBy, rejectedFor, textOf } from "../../../forms/form-result.ts";
import type { FormState } from "../../../forms/form-state.ts";
import { endedWord } from "../../../messages/session-end.ts";
import { failureOf, getCaller } from "../../../server/caller.ts";
import { safeReturnTo } from "../../../server/return-to.ts";
import { afterConfirming, confirmHref } from "../confirm-paths.ts";

/** Takes the password again, and leads on to what it was asked for. */
export async function confirmPassword(_before: FormState, form: FormData): Promise<FormState> {
  const next = safeReturnTo(form.get("next"));
  const password = textOf(form, "password"); // as typed: spaces count
  if (password === "") return rejectedFor([{ field: "password", message: "Enter your password" }], {});
  try {
    await (await getCaller()).auth.confirmPassword({ password });
  } catch (error) {
    const { reason, endedBecause } = failureOf(error);
    if (endedWord(reason) !== undefined || reason.startsWith("access_token_")) {
      return needsLogin(endedBecause ?? reason, confirmHref(next));
    }
    return rejectedBy(error, { fields: ["password"], typed: {} });
  }
  return arriveAt(afterConfirming(next));
}
