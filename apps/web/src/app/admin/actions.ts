"use server";

import type { AppCaller } from "@watchword/api";
import { AuthError } from "@watchword/auth/core";
import { arriveAt, needsLogin, rejectedBy, textOf } from "../../forms/form-result.ts";
import type { FormState } from "../../forms/form-state.ts";
import { endedWord } from "../../messages/session-end.ts";
import { failureOf, getCaller } from "../../server/caller.ts";
import { confirmHref } from "../account/confirm-paths.ts";

/** Runs one action on a user's account, for a browser without scripts. */
export async function actOnAccount(_before: FormState, form: FormData): Promise<FormState> {
  const returnTo = `/admin/users/${encodeURIComponent(textOf(form, "userId"))}`;
  try {
    await callFromForm((await getCaller()).admin, form);
  } catch (error) {
    const { reason, endedBecause, methods } = failureOf(error);
    if (endedWord(reason) !== undefined) return needsLogin(endedBecause ?? reason, returnTo);
    if (reason === "reauthentication_required") return arriveAt(confirmHref(returnTo, methods));
    // Another request was faster: the session has ended already.
    if (reason !== "not_found") return rejectedBy(error, { fields: [], typed: {} });
  }
  return arriveAt(`${returnTo}?from=${encodeURIComponent(textOf(form, "do"))}`);
}

/** The procedure looks at the input, and at who asks. */
function callFromForm(admin: AppCaller["admin"], form: FormData): Promise<unknown> {
  const userId = textOf(form, "userId");
  switch (textOf(form, "do")) {
    case "endSession":
      return admin.endSession({ userId, sessionId: textOf(form, "sessionId") });
    case "endSessions":
      return admin.endSessions({ userId });
    case "disable":
      return admin.disable({ userId });
    case "enable":
      return admin.enable({ userId });
    case "setRole":
      return admin.setRole({ userId, role: textOf(form, "role") === "admin" ? "admin" : "user" });
    default:
      throw new AuthError("validation_failed");
  }
}
