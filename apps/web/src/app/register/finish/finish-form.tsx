"use client";

import { unlessCookiesAreBlocked } from "../../../forms/cookies-blocked.ts";
import { ErrorSummary } from "../../../forms/error-summary.tsx";
import { useSubmission } from "../../../forms/submission.ts";
import { FixedText } from "../../../ui/fields/fixed-text.tsx";
import styles from "../../../ui/fields/form.module.css";
import { SubmitButton } from "../../../ui/fields/submit-button.tsx";
import { PageTitle } from "../../../ui/page-title.tsx";
import { AccountFields } from "../account-fields.tsx";
import { completeRegistration } from "../actions.ts";
import { LogInInstead } from "../log-in-instead.tsx";

const completeIfKept = unlessCookiesAreBlocked(completeRegistration);

interface FinishFormProps {
  link: string;
  /** The address that the link was sent to. */
  email: string;
  passwordMinLength: number;
}

/** The rest of an account whose address is settled. */
export function FinishForm({ link, email, passwordMinLength }: FinishFormProps) {
  const { state, pending, form } = useSubmission(completeRegistration, { byScript: completeIfKept });
  return (
    <>
      <PageTitle error={state.status === "refused"}>Create your account</PageTitle>
      <ErrorSummary state={state}>
        <LogInInstead state={state} loginHref="/login" forgotHref="/forgot-password" />
      </ErrorSummary>
      <h1>Create your account</h1>
      <form {...form} className={styles.form}>
        <input type="hidden" name="link" value={link} />
        <AccountFields state={state} passwordMinLength={passwordMinLength}>
          <FixedText name="email" label="Email" autoComplete="email" value={email} dir="ltr" />
        </AccountFields>
        <SubmitButton pending={pending} pendingLabel="Creating your account">
          Create account
        </SubmitButton>
      </form>
    </>
  );
}
