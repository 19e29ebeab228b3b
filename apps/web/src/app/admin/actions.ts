"use server";

import type { AppCaller } from "@watchword/api";
import { AuthError } from "@watchword/auth/core";
import { arriveAt, needsLogin, rejectedBy, rejectedFor, textOf } from "../../forms/form-result.ts";
import type { FormState } from "../../forms/form-state.ts";
import { endedWord } from "../../messages/session-end.ts";
import { failureOf, getCaller } from "../../server/caller.ts";
import { confirmHref } from "../account/confirm-paths.ts";
import { createdHref, isDoneAlready } from "./admin-actions.ts";

/** Runs one action on a user's account, for a browser without scripts. */
export async function actOnAccount(_before: FormState, form: FormData): Promise<FormState> {
  const returnTo = `/admin/users/${encodeURIComponent(textOf(form, "userId"))}`;
  try {
    await callFromForm((await getCaller()).admin, form);
  } catch (error) {
    const { reason, message } = failureOf(error);
    const elsewhere = await leave(error, returnTo);
    if (elsewhere) return elsewhere;
    if (reason === "rate_limited") return rejectedFor([{ message }], {}); // says which limit
    if (!isDoneAlready(textOf(form, "do"), reason)) return rejectedBy(error, { fields: [], typed: {} });
  }
  return arriveAt(`${returnTo}?from=${encodeURIComponent(textOf(form, "do"))}`);
}

/** Invites a user, for a browser without scripts. */
export async function inviteUser(_before: FormState, form: FormData): Promise<FormState> {
  const typed = { username: textOf(form, "username"), email: textOf(form, "email"), name: textOf(form, "name") };
  let next: string;
  try {
    next = createdHref(await (await getCaller()).admin.createUser(typed));
  } catch (error) {
    const { fields } = failureOf(error);
    const elsewhere = await leave(error, "/admin");
    if (elsewhere) return elsewhere;
    // In the words of the rules: those of a registration would advise the administrator to log in.
    const problems = Object.keys(typed).flatMap((field) => {
      const message = fields[field]?.[0];
      return message ? [{ field, message }] : [];
    });
    return problems.length > 0 ? rejectedFor(problems, typed) : rejectedBy(error, { fields: [], typed });
  }
  return arriveAt(next);
}

/** To the login or to the step-up, where the call needs one; undefined for every other rejection. */
async function leave(error: unknown, returnTo: string): Promise<FormState | undefined> {
  const { reason, endedBecause, methods } = failureOf(error);
  if (endedWord(reason) !== undefined) return needsLogin(endedBecause ?? reason, returnTo);
  return reason === "reauthentication_required" ? arriveAt(confirmHref(returnTo, methods)) : undefined;
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
    case "sendInvitation":
      return admin.sendInvitation({ userId });
    case "setRole":
      return admin.setRole({ userId, role: textOf(form, "role") === "admin" ? "admin" : "user" });
    default:
      throw new AuthError("validation_failed");
  }
}
