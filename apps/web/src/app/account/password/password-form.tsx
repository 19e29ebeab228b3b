"use client";

import { ErrorSummary } from "../../../components/form/error-summary.tsx";
import { FixedUsername } from "../../../components/form/fixed-text.tsx";
import styles from "../../../components/form/form.module.css";
import { problemOf } from "../../../components/form/form-state.ts";
import { PasswordField } from "../../../components/form/password-field.tsx";
import { PasswordStrength } from "../../../components/form/password-strength.tsx";
import { useSubmission } from "../../../components/form/submission.ts";
import { SubmitButton } from "../../../components/form/submit-button.tsx";
import { PageTitle } from "../../../components/page-title.tsx";
import { changePassword } from "./actions.ts";

interface PasswordFormProps {
  username: string;
  passwordMinLength: number;
}

export function PasswordForm({ username, passwordMinLength }: PasswordFormProps) {
  const { state, pending, form } = useSubmission(changePassword);
  return (
    <>
      <PageTitle error={state.status === "refused"}>Change your password</PageTitle>
      <ErrorSummary state={state} />
      <h1>Change your password</h1>
      <form {...form} className={styles.form}>
        <FixedUsername username={username} />
        <PasswordField
          name="currentPassword"
          label="Current password"
          autoComplete="current-password"
          problem={problemOf(state, "currentPassword")}
        />
        <PasswordField
          name="newPassword"
          label="New password"
          autoComplete="new-password"
          advice={PasswordStrength}
          hint={`At least ${passwordMinLength} characters. Any characters, spaces too.`}
          problem={problemOf(state, "newPassword")}
        />
        <SubmitButton pending={pending} pendingLabel="Changing your password">
          Change password
        </SubmitButton>
      </form>
      <p className={styles.also}>
        <a className="reach" href="/forgot-password">
          Forgot your password?
        </a>
      </p>
    </>
  );
}
