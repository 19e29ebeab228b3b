"use server";

import type { AppCaller } from "@watchword/api";
import { arriveAt, emptyFields, needsLogin, rejectedBy, rejectedFor, textOf } from "../../../forms/form-result.ts";
import type { FormState } from "../../../forms/form-state.ts";
import { noFormFor } from "../../../messages/login-methods.ts";
import { endedWord } from "../../../messages/session-end.ts";
import { failureOf, getCaller } from "../../../server/caller.ts";
import { safeReturnTo } from "../../../server/return-to.ts";
import { afterConfirming, confirmHref } from "../confirm-paths.ts";

/** Takes the password again, and leads on to what it was asked for. */
export async function confirmPassword(_before: FormState, form: FormData): Promise<FormState> {
  const password = textOf(form, "password"); // as typed: spaces count
  if (password === "") return rejectedFor([{ field: "password", message: "Enter your password" }], {});
  return confirm(form, {
    call: (auth) => auth.confirmPassword({ password }),
    rejected: (error) => rejectedBy(error, { fields: ["password"], typed: {} }),
  });
}

/** Takes a code of any kind of credential that draws nothing for a device, and leads on. */
export async function confirmByCode(_before: FormState, form: FormData): Promise<FormState> {
  const method = textOf(form, "method");
  const code = textOf(form, "code"); // as typed: its kind reads it
  const typed = { method };
  const empty = emptyFields(form, { code: "Enter the code" });
  if (empty.length > 0) return rejectedFor(empty, typed);
  return confirm(form, {
    methods: [method],
    async call(auth) {
      const { options } = await auth.beginStepUp({ method });
      if (Object.keys(options).length > 0) return rejectedFor([{ field: "code", message: noFormFor(method) }], typed);
      return auth.confirm({ method, response: code });
    },
    rejected: (error) => rejectedBy(error, { fields: ["code"], typed, code: "code" }),
  });
}

interface Confirmation {
  /** Resolves to a state of the form where it could not be sent. */
  call: (auth: AppCaller["auth"]) => Promise<FormState | { confirmed: true }>;
  rejected: (error: unknown) => FormState;
  methods?: readonly string[];
}

async function confirm(form: FormData, { call, rejected, methods }: Confirmation): Promise<FormState> {
  const next = safeReturnTo(form.get("next"));
  try {
    const output = await call((await getCaller()).auth);
    if ("status" in output) return output;
  } catch (error) {
    const { reason, endedBecause } = failureOf(error);
    if (endedWord(reason) !== undefined || reason.startsWith("access_token_")) {
      return needsLogin(endedBecause ?? reason, confirmHref(next, methods));
    }
    return rejected(error);
  }
  return arriveAt(afterConfirming(next));
}
