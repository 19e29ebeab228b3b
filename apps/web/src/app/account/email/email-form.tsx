"use client";

import { EmailField } from "../../../components/form/email-field.tsx";
import { ErrorSummary } from "../../../components/form/error-summary.tsx";
import styles from "../../../components/form/form.module.css";
import { problemOf, typedIn } from "../../../components/form/form-state.ts";
import { useSubmission } from "../../../components/form/submission.ts";
import { SubmitButton } from "../../../components/form/submit-button.tsx";
import { PageTitle } from "../../../components/page-title.tsx";
import { useTRPCClient } from "../../../trpc/client.tsx";
import { byScript } from "../by-script.ts";
import { changeEmail } from "../own-account.ts";

export function EmailForm() {
  const client = useTRPCClient();
  const send = (form: FormData) => client.auth.changeEmail.mutate({ email: String(form.get("email")) });
  const { state, pending, form } = useSubmission(changeEmail, { byScript: byScript(send, "/account?from=email") });
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
