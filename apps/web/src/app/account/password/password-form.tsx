"use client";

import { ErrorSummary } from "../../../forms/error-summary.tsx";
import { problemOf } from "../../../forms/form-state.ts";
import { PasswordStrength } from "../../../forms/password-strength.tsx";
import { FixedUsername } from "../../../ui/fields/fixed-text.tsx";
import styles from "../../../ui/fields/form.module.css";
import { PasswordField } from "../../../ui/fields/password-field.tsx";
import { SubmitButton } from "../../../ui/fields/submit-button.tsx";
import { PageTitle } from "../../../ui/page-title.tsx";
import { useAccountSubmission } from "../use-account-submission.ts";
import { changePassword } from "./actions.ts";

interface PasswordFormProps {
  username: string;
  passwordMinLength: number;
}

export function PasswordForm({ username, passwordMinLength }: PasswordFormProps) {
  const { state, pending, form } = useAccountSubmission(changePassword);
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
