"use client";

import { ErrorSummary } from "../../../forms/error-summary.tsx";
import { useTRPCClient } from "../../../session/trpc/client.tsx";
import styles from "../../../ui/fields/form.module.css";
import { PageTitle } from "../../../ui/page-title.tsx";
import { deleteAccount } from "../actions.ts";
import { byScript } from "../by-script.ts";
import { useAccountSubmission } from "../use-account-submission.ts";

export function DeleteForm() {
  const client = useTRPCClient();
  const send = () => client.auth.deleteAccount.mutate();
  const { state, pending, form } = useAccountSubmission(deleteAccount, {
    byScript: byScript(send, "/login?from=deleted"),
  });
  return (
    <>
      <PageTitle error={state.status === "refused"}>Delete your account</PageTitle>
      <ErrorSummary state={state} />
      <h1>Delete your account?</h1>
      <p className={styles.lead}>
        Your account, your files and your audit log are deleted at once. They cannot be restored. You can{" "}
        <a href="/account/export">download your data</a> first.
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
