"use client";

import { type ReactNode, useRef } from "react";
import { carryIdentifier, useCarriedIdentifier } from "../../components/form/carried-identifier.ts";
import { ErrorSummary } from "../../components/form/error-summary.tsx";
import styles from "../../components/form/form.module.css";
import { problemOf, typedIn } from "../../components/form/form-state.ts";
import { useSubmission } from "../../components/form/submission.ts";
import { SubmitButton } from "../../components/form/submit-button.tsx";
import { TextField } from "../../components/form/text-field.tsx";
import { PageTitle } from "../../components/page-title.tsx";
import { requestReset } from "./actions.ts";

interface ForgotFormProps {
  next: string;
  backHref: string;
  children: ReactNode;
}

export function ForgotForm({ next, backHref, children }: ForgotFormProps) {
  const { state, pending, form } = useSubmission(requestReset);
  const ref = useRef<HTMLFormElement>(null);
  useCarriedIdentifier(ref, { email: (typed) => typed.includes("@") });
  return (
    <>
      <PageTitle error={state.status === "refused"}>Forgot your password</PageTitle>
      <ErrorSummary state={state} />
      <h1>Forgot your password?</h1>
      {children}
      <form {...form} className={styles.form} ref={ref}>
        <input type="hidden" name="next" value={next} />
        <TextField
          name="email"
          label="Email"
          type="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          dir="ltr"
          defaultValue={typedIn(state, "email")}
          problem={problemOf(state, "email")}
          onType={carryIdentifier}
        />
        <SubmitButton pending={pending} pendingLabel="Sending the link">
          Send me a link
        </SubmitButton>
      </form>
      <p className={styles.also}>
        <a className="reach" href={backHref}>
          Back
        </a>
      </p>
    </>
  );
}
