"use server";

import type { AppCaller } from "@watchword/api";
import { arriveAt, needsLogin, rejectedBy, textOf } from "../../forms/form-result.ts";
import type { FormState } from "../../forms/form-state.ts";
import { endedWord } from "../../messages/session-end.ts";
import { failureOf, getCaller } from "../../server/caller.ts";
import { confirmHref } from "./confirm-paths.ts";

/** Sends another link that shows the address to be theirs. */
export async function resendVerification(): Promise<FormState> {
  return submit({
    call: (auth) => auth.requestEmailVerification(),
    page: "/account",
    next: "/account?from=verification",
  });
}

/** Sends the link to a new address, for a browser without scripts. */
export async function changeEmail(_before: FormState, form: FormData): Promise<FormState> {
  const typed = { email: textOf(form, "email") };
  const call = (auth: AppCaller["auth"]) => auth.changeEmail(typed);
  return submit({ call, page: "/account/email", next: "/account?from=email", fields: ["email"], typed });
}

/** Changes the name, for a browser without scripts. */
export async function changeName(_before: FormState, form: FormData): Promise<FormState> {
  const typed = { name: textOf(form, "name") };
  const call = (auth: AppCaller["auth"]) => auth.changeName(typed);
  return submit({ call, page: "/account", next: "/account?from=name", fields: ["name"], typed });
}

/** Deletes the account, for a browser without scripts. */
export async function deleteAccount(): Promise<FormState> {
  return submit({ call: (auth) => auth.deleteAccount(), page: "/account/delete", next: "/login?from=deleted" });
}

interface AccountAction {
  call: (auth: AppCaller["auth"]) => Promise<unknown>;
  /** Where one comes back to after a login. */
  page: string;
  next: string;
  fields?: readonly string[];
  typed?: Readonly<Record<string, string>>;
}

async function submit({ call, page, next, fields = [], typed = {} }: AccountAction): Promise<FormState> {
  try {
    await call((await getCaller()).auth);
  } catch (error) {
    const { reason, endedBecause, methods } = failureOf(error);
    if (endedWord(reason) !== undefined || reason.startsWith("access_token_")) {
      return needsLogin(endedBecause ?? reason, page);
    }
    // A browser without scripts: it is asked for a credential on a page of its own, and comes back to the form.
    if (reason === "reauthentication_required") return arriveAt(confirmHref(page, methods));
    return rejectedBy(error, { fields, typed });
  }
  return arriveAt(next);
}
