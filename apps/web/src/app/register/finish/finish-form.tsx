"use client";

import { unlessCookiesAreBlocked } from "../../../components/form/cookies-blocked.ts";
import { ErrorSummary } from "../../../components/form/error-summary.tsx";
import { FixedText } from "../../../components/form/fixed-text.tsx";
import styles from "../../../components/form/form.module.css";
import { useSubmission } from "../../../components/form/submission.ts";
import { SubmitButton } from "../../../components/form/submit-button.tsx";
import { PageTitle } from "../../../components/page-title.tsx";
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
