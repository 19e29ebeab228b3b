"use client";

import { useRef } from "react";
import { carryIdentifier, dropIdentifier, useCarriedIdentifier } from "../../forms/carried-identifier.ts";
import { unlessCookiesAreBlocked } from "../../forms/cookies-blocked.ts";
import { ErrorSummary } from "../../forms/error-summary.tsx";
import { problemOf, typedIn } from "../../forms/form-state.ts";
import { useSubmission } from "../../forms/submission.ts";
import { EmailField } from "../../ui/fields/email-field.tsx";
import styles from "../../ui/fields/form.module.css";
import { SubmitButton } from "../../ui/fields/submit-button.tsx";
import { useFragment, withFragment } from "../../ui/fragment.ts";
import { PageTitle } from "../../ui/page-title.tsx";
import { AccountFields } from "./account-fields.tsx";
import { register } from "./actions.ts";
import { HaveAccount } from "./have-account.tsx";
import { LogInInstead } from "./log-in-instead.tsx";

const registerIfKept = unlessCookiesAreBlocked(register);

interface RegisterFormProps {
  /** Where the new account is led. Checked again by the server. */
  next: string;
  loginHref: string;
  forgotHref: string;
  passwordMinLength: number;
}

const isEmail = (typed: string) => typed.includes("@");

/** Makes an account at once. */
export function RegisterForm({ next, loginHref, forgotHref, passwordMinLength }: RegisterFormProps) {
  const { state, pending, form } = useSubmission(register, { byScript: registerIfKept, beforeLeaving: dropIdentifier });
  const ref = useRef<HTMLFormElement>(null);
  useCarriedIdentifier(ref, { email: isEmail, username: (typed) => !isEmail(typed) });
  const fragment = useFragment();

  return (
    <>
      <PageTitle error={state.status === "refused"}>Create an account</PageTitle>
      <ErrorSummary state={state}>
        <LogInInstead state={state} loginHref={loginHref + fragment} forgotHref={forgotHref + fragment} />
      </ErrorSummary>
      <h1>Create an account</h1>
      <form {...form} className={styles.form} ref={ref}>
        <input type="hidden" name="next" value={withFragment(next, fragment)} />
        <AccountFields state={state} passwordMinLength={passwordMinLength}>
          <EmailField
            defaultValue={typedIn(state, "email")}
            problem={problemOf(state, "email")}
            onType={carryIdentifier}
          />
        </AccountFields>
        <SubmitButton pending={pending} pendingLabel="Creating your account">
          Create account
        </SubmitButton>
      </form>
      <HaveAccount loginHref={loginHref + fragment} />
    </>
  );
}
