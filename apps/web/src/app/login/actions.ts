"use server";

import { arriveAt, emptyFields, goOnAt, rejectedBy, rejectedFor, textOf } from "../../forms/form-result.ts";
import type { FormState } from "../../forms/form-state.ts";
import { secondFactorHref } from "../../messages/session-end.ts";
import { getCaller } from "../../server/caller.ts";
import { safeReturnTo } from "../../server/return-to.ts";

/** Logs in with what the login form sends. For an account with a second factor, another page goes on. */
export async function login(_before: FormState, form: FormData): Promise<FormState> {
  const identifier = textOf(form, "identifier");
  const password = textOf(form, "password"); // as typed: spaces count
  const typed = { identifier, remember: textOf(form, "remember") };
  const empty = emptyFields(form, { identifier: "Enter your username or email address" });
  if (password === "") empty.push({ field: "password", message: "Enter your password" });
  if (empty.length > 0) return rejectedFor(empty, typed);
  const next = safeReturnTo(form.get("next"));
  let status: string;
  try {
    const caller = await getCaller();
    ({ status } = await caller.auth.login({ identifier, password, rememberMe: typed.remember === "on" }));
  } catch (error) {
    return rejectedBy(error, { fields: ["identifier", "password"], typed, password: "password" });
  }
  return status === "second_factor_required" ? goOnAt(secondFactorHref(next)) : arriveAt(next);
}
