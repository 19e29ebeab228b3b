"use client";

import { ErrorSummary } from "../../components/form/error-summary.tsx";
import { FixedUsername } from "../../components/form/fixed-text.tsx";
import styles from "../../components/form/form.module.css";
import { problemOf } from "../../components/form/form-state.ts";
import { PasswordField } from "../../components/form/password-field.tsx";
import { PasswordStrength } from "../../components/form/password-strength.tsx";
import { useSubmission } from "../../components/form/submission.ts";
import { SubmitButton } from "../../components/form/submit-button.tsx";
import { PageTitle } from "../../components/page-title.tsx";
import { resetPassword } from "./actions.ts";

interface ResetFormProps {
  link: string;
  username: string;
  passwordMinLength: number;
}

export function ResetForm({ link, username, passwordMinLength }: ResetFormProps) {
  const { state, pending, form } = useSubmission(resetPassword);
  return (
    <>
      <PageTitle error={state.status === "refused"}>Set a new password</PageTitle>
      <ErrorSummary state={state} />
      <h1>Set a new password</h1>
      <form {...form} className={styles.form}>
        <input type="hidden" name="link" value={link} />
        <FixedUsername username={username} />
        <PasswordField
          name="newPassword"
          label="New password"
          autoComplete="new-password"
          advice={PasswordStrength}
          hint={`At least ${passwordMinLength} characters. Any characters, spaces too.`}
          problem={problemOf(state, "newPassword")}
        />
        <SubmitButton pending={pending} pendingLabel="Setting your password">
          Set password
        </SubmitButton>
      </form>
    </>
  );
}
