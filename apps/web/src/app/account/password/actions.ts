"use server";

import type { AuthErrorReason } from "@watchword/auth/core";
import { arriveAt, needsLogin, rejectedBy, textOf } from "../../../forms/form-result.ts";
import type { FormState } from "../../../forms/form-state.ts";
import { endedWord } from "../../../messages/session-end.ts";
import { failureOf, getCaller } from "../../../server/caller.ts";
import { confirmHref } from "../confirm-paths.ts";

/** Changes the password of the logged-in user. */
export async function changePassword(_before: FormState, form: FormData): Promise<FormState> {
  const currentPassword = textOf(form, "currentPassword"); // as typed: spaces count
  const newPassword = textOf(form, "newPassword");
  try {
    const caller = await getCaller();
    await caller.auth.changePassword({ currentPassword, newPassword });
  } catch (error) {
    const { reason, methods } = failureOf(error);
    if (isOver(reason)) return needsLogin(reason, "/account/password");
    // The current password is one factor. An account with another one is asked for that before.
    if (reason === "reauthentication_required") return arriveAt(confirmHref("/account/password", methods));
    return rejectedBy(error, { fields: ["currentPassword", "newPassword"], typed: {}, password: "newPassword" });
  }
  return arriveAt("/account/security?from=password");
}

/** Whether the session ended while the form was being filled in: only a login helps then. */
function isOver(reason: AuthErrorReason): boolean {
  return endedWord(reason) !== undefined || reason.startsWith("access_token_");
}
