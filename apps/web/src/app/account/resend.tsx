"use client";

import { useSubmission } from "../../components/form/submission.ts";
import styles from "./account.module.css";
import { resendVerification } from "./own-account.ts";

/** Says that an address is not confirmed yet, and sends the link once more. */
export function Resend() {
  const { state, pending, form } = useSubmission(resendVerification);
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
