"use server";

import { arriveAt, rejectedBy, rejectedFor, textOf } from "../../forms/form-result.ts";
import type { FormState } from "../../forms/form-state.ts";
import { getCaller } from "../../server/caller.ts";

/** Sets a password by the link of a mail. The link does not log the user in: the login page follows. */
export async function resetPassword(_before: FormState, form: FormData): Promise<FormState> {
  const newPassword = textOf(form, "newPassword"); // as typed: spaces count
  const isFirst = textOf(form, "first") !== ""; // for the words alone
  const empty = isFirst ? "Enter a password" : "Enter a new password";
  if (newPassword === "") return rejectedFor([{ field: "newPassword", message: empty }], {});
  try {
    const caller = await getCaller();
    await caller.auth.resetPassword({ link: textOf(form, "link"), newPassword });
  } catch (error) {
    return rejectedBy(error, { fields: ["newPassword"], typed: {}, password: "newPassword" });
  }
  return arriveAt(isFirst ? "/login?from=chosen" : "/login?from=reset");
}
