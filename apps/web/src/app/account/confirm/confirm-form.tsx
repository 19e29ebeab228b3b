"use client";

import { ErrorSummary } from "../../../forms/error-summary.tsx";
import { problemOf } from "../../../forms/form-state.ts";
import { FixedUsername } from "../../../ui/fields/fixed-text.tsx";
import styles from "../../../ui/fields/form.module.css";
import { PasswordField } from "../../../ui/fields/password-field.tsx";
import { SubmitButton } from "../../../ui/fields/submit-button.tsx";
import { PageTitle } from "../../../ui/page-title.tsx";
import { useAccountSubmission } from "../use-account-submission.ts";
import { confirmPassword } from "./actions.ts";

export function ConfirmForm({ username, next }: { username: string; next: string }) {
  const { state, pending, form } = useAccountSubmission(confirmPassword);
  return (
    <>
      <PageTitle error={state.status === "refused"}>Confirm it is you</PageTitle>
      <ErrorSummary state={state} />
      <h1>Confirm it is you</h1>
      <p className={styles.lead}>You entered your password a while ago. Enter it again to continue.</p>
      <form {...form} className={styles.form}>
        <input type="hidden" name="next" value={next} />
        <FixedUsername username={username} />
        <PasswordField
          name="password"
          label="Password"
          autoComplete="current-password"
          problem={problemOf(state, "password")}
        />
        <SubmitButton pending={pending} pendingLabel="Confirming">
          Confirm
        </SubmitButton>
      </form>
      <p className={styles.also}>
        <a className="reach" href="/forgot-password">
          Forgot your password?
        </a>
        <a className="reach" href="/account">
          Back to your account
        </a>
      </p>
    </>
  );
}
