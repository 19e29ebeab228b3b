"use server";

import { arriveAt, rejectedBy, rejectedFor, textOf } from "../../forms/form-result.ts";
import type { FormState } from "../../forms/form-state.ts";
import { getCaller } from "../../server/caller.ts";

/** Sets a new password by the link of a mail. The link does not log the user in: the login page follows. */
export async function resetPassword(_before: FormState, form: FormData): Promise<FormState> {
  const newPassword = textOf(form, "newPassword"); // as typed: spaces count
  if (newPassword === "") return rejectedFor([{ field: "newPassword", message: "Enter a new password" }], {});
  try {
    const caller = await getCaller();
    await caller.auth.resetPassword({ link: textOf(form, "link"), newPassword });
  } catch (error) {
    return rejectedBy(error, { fields: ["newPassword"], typed: {}, password: "newPassword" });
  }
  return arriveAt("/login?from=reset");
}
