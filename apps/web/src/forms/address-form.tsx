"use client";

import { type ReactNode, useRef } from "react";
import { EmailField } from "../ui/fields/email-field.tsx";
import styles from "../ui/fields/form.module.css";
import { SubmitButton } from "../ui/fields/submit-button.tsx";
import { useFragment, withFragment } from "../ui/fragment.ts";
import { PageTitle } from "../ui/page-title.tsx";
import { carryIdentifier, useCarriedIdentifier } from "./carried-identifier.ts";
import { ErrorSummary } from "./error-summary.tsx";
import { type FormState, problemOf, typedIn } from "./form-state.ts";
import { useSubmission } from "./submission.ts";

interface AddressFormProps {
  action: (before: FormState, form: FormData) => Promise<FormState>;
  title: string;
  heading: string;
  /** `username` where the user logs in with the address: then password managers offer it. */
  autoComplete: "email" | "username";
  /** Where it leads in the end, for the forms that say so. Checked again by the server. */
  next?: string;
  /** Between the heading and the field. */
  children: ReactNode;
}

/** Asks for an email address to send a link to. */
export function AddressForm({ action, title, heading, autoComplete, next, children }: AddressFormProps) {
  const { state, pending, form } = useSubmission(action);
  const ref = useRef<HTMLFormElement>(null);
  useCarriedIdentifier(ref, { email: (typed) => typed.includes("@") });
  const fragment = useFragment();
  return (
    <>
      <PageTitle error={state.status === "refused"}>{title}</PageTitle>
      <ErrorSummary state={state} />
      <h1>{heading}</h1>
      {children}
      <form {...form} className={styles.form} ref={ref}>
        {next !== undefined && <input type="hidden" name="next" value={withFragment(next, fragment)} />}
        <EmailField
          autoComplete={autoComplete}
          defaultValue={typedIn(state, "email")}
          problem={problemOf(state, "email")}
          onType={carryIdentifier}
        />
        <SubmitButton pending={pending} pendingLabel="Sending the link">
          Send me a link
        </SubmitButton>
      </form>
    </>
  );
}
