"use client";

import type { EndReason } from "@watchword/auth/client";
import type { FormAction } from "../../forms/form-state.ts";
import { type SubmissionOptions, useSubmission } from "../../forms/submission.ts";

/** Sends a form of a logged-in user. Where the session is over, the page asks for a login and sends the form again. */
export function useAccountSubmission(action: FormAction, options: Omit<SubmissionOptions, "askForLogin"> = {}) {
  return useSubmission(action, { ...options, askForLogin });
}

/** Loaded with every page of a logged-in user, so this loads nothing more. */
async function askForLogin(reason: EndReason): Promise<boolean> {
  const { loginIsNeeded } = await import("../../session/tab-state-store.ts");
  return loginIsNeeded(reason);
}
