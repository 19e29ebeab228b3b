"use server";

import type { AuthErrorReason } from "@watchword/auth/core";
import type { FormState } from "../../../components/form/form-state.ts";
import { arriveAt, needsLogin, refusedBy, textOf } from "../../../components/form/refusal.ts";
import { failureOf, getCaller } from "../../../server/caller.ts";
import { endedWord } from "../../../session-end.ts";

/** Changes the password of whoever is logged in. */
export async function changePassword(_before: FormState, form: FormData): Promise<FormState> {
  const currentPassword = textOf(form, "currentPassword"); // as typed: spaces count
  const newPassword = textOf(form, "newPassword");
  try {
    const caller = await getCaller();
    await caller.auth.changePassword({ currentPassword, newPassword });
  } catch (error) {
    const { reason } = failureOf(error);
    if (isOver(reason)) return needsLogin(reason, "/account/password");
    return refusedBy(error, { fields: ["currentPassword", "newPassword"], typed: {}, password: "newPassword" });
  }
  return arriveAt("/account?from=password");
}

/** Whether the session ended while the form was being filled in: only a login helps then. */
function isOver(reason: AuthErrorReason): boolean {
  return endedWord(reason) !== undefined || reason.startsWith("access_token_");
}
