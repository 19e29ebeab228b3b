"use server";

import type { FormState } from "../../components/form/form-state.ts";
import { arriveAt, emptyFields, refusedBy, refusedFor, textOf } from "../../components/form/refusal.ts";
import { getCaller } from "../../server/caller.ts";
import { safeReturnTo } from "../../server/return-to.ts";

/** Makes an account out of what the registration form sends, and logs it in. */
export async function register(_before: FormState, form: FormData): Promise<FormState> {
  const typed = { name: textOf(form, "name"), email: textOf(form, "email"), username: textOf(form, "username") };
  const password = textOf(form, "password"); // as typed: spaces count
  const empty = emptyFields(form, {
    name: "Enter your name",
    email: "Enter your email address",
    username: "Enter a username",
  });
  if (password === "") empty.push({ field: "password", message: "Enter a password" });
  if (empty.length > 0) return refusedFor(empty, typed);
  try {
    const caller = await getCaller();
    await caller.auth.register({ ...typed, password });
  } catch (error) {
    return refusedBy(error, { fields: ["name", "email", "username", "password"], typed, password: "password" });
  }
  return arriveAt(safeReturnTo(form.get("next")));
}
