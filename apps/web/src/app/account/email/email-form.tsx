"use client";

import { ErrorSummary } from "../../../forms/error-summary.tsx";
import { problemOf, typedIn } from "../../../forms/form-state.ts";
import { useTRPCClient } from "../../../session/trpc/client.tsx";
import { EmailField } from "../../../ui/fields/email-field.tsx";
import styles from "../../../ui/fields/form.module.css";
import { SubmitButton } from "../../../ui/fields/submit-button.tsx";
import { PageTitle } from "../../../ui/page-title.tsx";
import { changeEmail } from "../actions.ts";
import { byScript } from "../by-script.ts";
import { useAccountSubmission } from "../use-account-submission.ts";

export function EmailForm() {
  const client = useTRPCClient();
  const send = (form: FormData) => client.auth.changeEmail.mutate({ email: String(form.get("email")) });
  const { state, pending, form } = useAccountSubmission(changeEmail, {
    byScript: byScript(send, "/account?from=email"),
  });
  return (
    <>
      <PageTitle error={state.status === "refused"}>Change your email address</PageTitle>
      <ErrorSummary state={state} />
      <h1>Change your email address</h1>
      <form {...form} className={styles.form}>
        <EmailField label="New email" defaultValue={typedIn(state, "email")} problem={problemOf(state, "email")} />
        <SubmitButton pending={pending} pendingLabel="Sending the link">
          Send the link
        </SubmitButton>
      </form>
      <p className={styles.also}>
        <a className="reach" href="/account">
          Back to your account
        </a>
      </p>
    </>
  );
}
