"use client";

import { ErrorSummary } from "../../../components/form/error-summary.tsx";
import { FixedUsername } from "../../../components/form/fixed-text.tsx";
import styles from "../../../components/form/form.module.css";
import { problemOf } from "../../../components/form/form-state.ts";
import { PasswordField } from "../../../components/form/password-field.tsx";
import { useSubmission } from "../../../components/form/submission.ts";
import { SubmitButton } from "../../../components/form/submit-button.tsx";
import { PageTitle } from "../../../components/page-title.tsx";
import { confirmPassword } from "./actions.ts";

export function ConfirmForm({ username, next }: { username: string; next: string }) {
  const { state, pending, form } = useSubmission(confirmPassword);
  return (
    <>
      <PageTitle error={state.status === "refused"}>Confirm it is you</PageTitle>
      <ErrorSummary state={state} />
      <h1>Confirm it is you</h1>
      <p className={styles.lead}>You gave your password a while ago. Give it again to go on.</p>
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
