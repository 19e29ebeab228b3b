"use server";

import { arriveAt, rejectedBy, textOf } from "../../forms/form-result.ts";
import type { FormState } from "../../forms/form-state.ts";
import { getCaller } from "../../server/caller.ts";

/** Uses the link of a mail that confirms an address, or changes it. */
export async function verifyEmail(_before: FormState, form: FormData): Promise<FormState> {
  try {
    const caller = await getCaller();
    const { changed } = await caller.auth.verifyEmail({ link: textOf(form, "link") });
    return arriveAt(`/verify-email?done=${changed ? "changed" : "verified"}`);
  } catch (error) {
    return rejectedBy(error, { fields: [], typed: {} });
  }
}
