"use client";

import styles from "./account.module.css";
import { resendVerification } from "./actions.ts";
import { useAccountSubmission } from "./use-account-submission.ts";

/** Says that an address is not confirmed yet, and sends the link once more. */
export function Resend() {
  const { state, pending, form } = useAccountSubmission(resendVerification);
  return (
    <form {...form} className={styles.resend}>
      <span>Not confirmed yet.</span>
      <button type="submit" aria-disabled={pending || undefined}>
        {pending ? "Sending…" : "Send the link again"}
      </button>
      <span role="alert">{state.status === "refused" && `${state.problems[0]?.message}.`}</span>
    </form>
  );
}
