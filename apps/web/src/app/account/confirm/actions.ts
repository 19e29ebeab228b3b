"use server";

import type { FormState } from "../../../components/form/form-state.ts";
import { arriveAt, needsLogin, refusedBy, refusedFor, textOf } from "../../../components/form/refusal.ts";
import { failureOf, getCaller } from "../../../server/caller.ts";
import { safeReturnTo } from "../../../server/return-to.ts";
import { endedWord } from "../../../session-end.ts";
import { afterConfirming, confirmHref } from "../proof.ts";

/** Takes the password again, and leads on to what it was asked for. */
export async function confirmPassword(_before: FormState, form: FormData): Promise<FormState> {
  const next = safeReturnTo(form.get("next"));
  const password = textOf(form, "password"); // as typed: spaces count
  if (password === "") return refusedFor([{ field: "password", message: "Enter your password" }], {});
  try {
    await (await getCaller()).auth.confirmPassword({ password });
  } catch (error) {
    const { reason, endedBecause } = failureOf(error);
    if (endedWord(reason) !== undefined || reason.startsWith("access_token_")) {
      return needsLogin(endedBecause ?? reason, confirmHref(next));
    }
    return refusedBy(error, { fields: ["password"], typed: {} });
  }
  return arriveAt(afterConfirming(next));
}
