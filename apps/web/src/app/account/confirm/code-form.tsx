"use client";

import { ErrorSummary } from "../../../forms/error-summary.tsx";
import { problemOf, typedIn } from "../../../forms/form-state.ts";
import { CodeFields } from "../../../ui/fields/code-fields.tsx";
import styles from "../../../ui/fields/form.module.css";
import { SubmitButton } from "../../../ui/fields/submit-button.tsx";
import { PageTitle } from "../../../ui/page-title.tsx";
import { useAccountSubmission } from "../use-account-submission.ts";
import { confirmByCode } from "./actions.ts";

/** Asks for the code of a kind of credential. A kind that draws something brings a form of its own, to be shown in its place. */
export function CodeForm({ methods, next }: { methods: readonly string[]; next: string }) {
  const { state, pending, form } = useAccountSubmission(confirmByCode);
  return (
    <>
      <PageTitle error={state.status === "refused"}>Confirm it is you</PageTitle>
      <ErrorSummary state={state} />
      <h1>Confirm it is you</h1>
      <p className={styles.lead}>You proved this a while ago. Enter a code again to continue.</p>
      <form {...form} className={styles.form}>
        <input type="hidden" name="next" value={next} />
        <CodeFields methods={methods} chosen={typedIn(state, "method")} problem={problemOf(state, "code")} />
        <SubmitButton pending={pending} pendingLabel="Confirming">
          Confirm
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
