"use server";

import type { FormState } from "../../components/form/form-state.ts";
import { arriveAt, refusedBy, textOf } from "../../components/form/refusal.ts";
import { getCaller } from "../../server/caller.ts";

/** Uses the link of a mail that shows an address to be somebody's, or makes it theirs. */
export async function verifyEmail(_before: FormState, form: FormData): Promise<FormState> {
  try {
    const caller = await getCaller();
    const { changed } = await caller.auth.verifyEmail({ link: textOf(form, "link") });
    return arriveAt(`/verify-email?done=${changed ? "changed" : "verified"}`);
  } catch (error) {
    return refusedBy(error, { fields: [], typed: {} });
  }
}
