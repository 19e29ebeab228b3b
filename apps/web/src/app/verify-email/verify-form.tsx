"use client";

import type { ReactNode } from "react";
import { ErrorSummary } from "../../forms/error-summary.tsx";
import { useSubmission } from "../../forms/submission.ts";
import styles from "../../ui/fields/form.module.css";
import { SubmitButton } from "../../ui/fields/submit-button.tsx";
import { PageTitle } from "../../ui/page-title.tsx";
import { verifyEmail } from "./actions.ts";

interface VerifyFormProps {
  link: string;
  title: string;
  text: ReactNode;
  label: string;
}

export function VerifyForm({ link, title, text, label }: VerifyFormProps) {
  const { state, pending, form } = useSubmission(verifyEmail);
  return (
    <>
      <PageTitle error={state.status === "refused"}>{title}</PageTitle>
      <ErrorSummary state={state} />
      <h1>{title}</h1>
      <p>{text}</p>
      <form {...form} className={styles.form}>
        <input type="hidden" name="link" value={link} />
        <SubmitButton pending={pending} pendingLabel="Confirming">
          {label}
        </SubmitButton>
      </form>
    </>
  );
}
