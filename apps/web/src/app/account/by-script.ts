"use client";

import { reasonOf } from "@watchword/auth/client";
import { type FormAction, type FormState, newForm } from "../../forms/form-state.ts";

interface Refusable {
  message: string;
  data?: { fieldErrors?: Record<string, string[]> };
}

/**
 * Sends a form by the typed client in place of its action, so that the password is asked for where it is due, and the same
 * call goes through after that (see `stepUpLink`).
 */
export function byScript<Result>(
  call: (form: FormData) => Promise<Result>,
  next: string | ((result: Result) => string),
): FormAction {
  return async (_before, form): Promise<FormState> => {
    try {
      const result = await call(form);
      return { status: "done", next: typeof next === "string" ? next : next(result) };
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === undefined) throw error;
      // A user who cancelled the dialog knows that nothing happened.
      return reason === "reauthentication_required" ? newForm : rejected(error as Refusable);
    }
  };
}

function rejected({ message, data }: Refusable): FormState {
  const fields = Object.entries(data?.fieldErrors ?? {});
  const problems = fields.flatMap(([field, [sentence]]) => (sentence ? [{ field, message: sentence }] : []));
  return { status: "refused", problems: problems.length > 0 ? problems : [{ message }], typed: {} };
}
