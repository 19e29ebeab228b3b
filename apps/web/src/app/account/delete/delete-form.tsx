"use client";

import { ErrorSummary } from "../../../components/form/error-summary.tsx";
import styles from "../../../components/form/form.module.css";
import { useSubmission } from "../../../components/form/submission.ts";
import { PageTitle } from "../../../components/page-title.tsx";
import { useTRPCClient } from "../../../trpc/client.tsx";
import { byScript } from "../by-script.ts";
import { deleteAccount } from "../own-account.ts";

export function DeleteForm() {
  const client = useTRPCClient();
  const send = () => client.auth.deleteAccount.mutate();
  const { state, pending, form } = useSubmission(deleteAccount, { byScript: byScript(send, "/login?from=deleted") });
  return (
    <>
      <PageTitle error={state.status === "refused"}>Delete your account</PageTitle>
      <ErrorSummary state={state} />
      <h1>Delete your account?</h1>
      <p className={styles.lead}>
        Your account, your files and what is known of your logins are removed at once. Nobody can bring them back. You
        can <a href="/account/export">download your data</a> before.
      </p>
      <form {...form} className={styles.form}>
        <button className="button button-danger" type="submit" aria-disabled={pending || undefined}>
          {pending ? "Deleting your account…" : "Delete my account"}
        </button>
      </form>
      <p className={styles.also}>
        <a className="reach" href="/account">
          Keep it
        </a>
      </p>
    </>
  );
}
