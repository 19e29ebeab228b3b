"use client";

import { ErrorSummary } from "../../forms/error-summary.tsx";
import { problemOf } from "../../forms/form-state.ts";
import { PasswordStrength } from "../../forms/password-strength.tsx";
import { useSubmission } from "../../forms/submission.ts";
import { FixedUsername } from "../../ui/fields/fixed-text.tsx";
import styles from "../../ui/fields/form.module.css";
import { PasswordField } from "../../ui/fields/password-field.tsx";
import { SubmitButton } from "../../ui/fields/submit-button.tsx";
import { PageTitle } from "../../ui/page-title.tsx";
import { resetPassword } from "./actions.ts";

interface ResetFormProps {
  link: string;
  username: string;
  passwordMinLength: number;
  /** The user has none yet: an administrator invited them. */
  isFirst: boolean;
}

export function ResetForm({ link, username, passwordMinLength, isFirst }: ResetFormProps) {
  const title = isFirst ? "Choose your password" : "Set a new password";
  const { state, pending, form } = useSubmission(resetPassword);
  return (
    <>
      <PageTitle error={state.status === "refused"}>{title}</PageTitle>
      <ErrorSummary state={state} />
      <h1>{title}</h1>
      <form {...form} className={styles.form}>
        <input type="hidden" name="link" value={link} />
        {isFirst && <input type="hidden" name="first" value="yes" />}
        <FixedUsername username={username} />
        <PasswordField
          name="newPassword"
          label={isFirst ? "Password" : "New password"}
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
