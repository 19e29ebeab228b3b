"use client";

import type { ReactNode } from "react";
import { ErrorSummary } from "../../components/form/error-summary.tsx";
import styles from "../../components/form/form.module.css";
import { useSubmission } from "../../components/form/submission.ts";
import { SubmitButton } from "../../components/form/submit-button.tsx";
import { PageTitle } from "../../components/page-title.tsx";
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
