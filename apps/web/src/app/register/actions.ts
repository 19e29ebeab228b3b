"use server";

import { arriveAt, emptyFields, rejectedBy, rejectedFor, textOf } from "../../forms/form-result.ts";
import type { FormState } from "../../forms/form-state.ts";
import { getCaller } from "../../server/caller.ts";
import { safeReturnTo } from "../../server/return-to.ts";

/** Makes an account out of what the registration form sends, and logs it in. */
export async function register(_before: FormState, form: FormData): Promise<FormState> {
  const typed = { name: textOf(form, "name"), email: textOf(form, "email"), username: textOf(form, "username") };
  const password = textOf(form, "password"); // as typed: spaces count
  try {
    const caller = await getCaller();
    await caller.auth.register({ ...typed, password });
  } catch (error) {
    return rejectedBy(error, { fields: ["name", "email", "username", "password"], typed, password: "password" });
  }
  return arriveAt(safeReturnTo(form.get("next")));
}

/** Asks for a link with which an account is made. What is answered is the same for every address. */
export async function requestRegistration(_before: FormState, form: FormData): Promise<FormState> {
  const typed = { email: textOf(form, "email") };
  const empty = emptyFields(form, { email: "Enter your email address" });
  if (empty.length > 0) return rejectedFor(empty, typed);
  try {
    const caller = await getCaller();
    await caller.auth.requestRegistration(typed);
  } catch (error) {
    return rejectedBy(error, { fields: ["email"], typed });
  }
  return arriveAt("/register/sent");
}

/** Makes an account with the address that a link was sent to, and logs it in. */
export async function completeRegistration(_before: FormState, form: FormData): Promise<FormState> {
  const typed = { name: textOf(form, "name"), username: textOf(form, "username") };
  const password = textOf(form, "password"); // as typed: spaces count
  try {
    const caller = await getCaller();
    await caller.auth.completeRegistration({ ...typed, link: textOf(form, "link"), password });
  } catch (error) {
    return rejectedBy(error, { fields: ["name", "username", "password"], typed, password: "password" });
  }
  return arriveAt("/account");
}
