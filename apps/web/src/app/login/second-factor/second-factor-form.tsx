"use client";

import { type ReactNode, useState } from "react";
import { dropIdentifier } from "../../../forms/carried-identifier.ts";
import { unlessCookiesAreBlocked } from "../../../forms/cookies-blocked.ts";
import { ErrorSummary } from "../../../forms/error-summary.tsx";
import { problemOf, typedIn } from "../../../forms/form-state.ts";
import { useSubmission } from "../../../forms/submission.ts";
import { CodeFields } from "../../../ui/fields/code-fields.tsx";
import styles from "../../../ui/fields/form.module.css";
import { SubmitButton } from "../../../ui/fields/submit-button.tsx";
import { useFragment, withFragment } from "../../../ui/fragment.ts";
import { PageTitle } from "../../../ui/page-title.tsx";
import { completeLogin } from "./actions.ts";

const completeIfKept = unlessCookiesAreBlocked(completeLogin);

interface SecondFactorFormProps {
  /** The kinds of credential that finish the login. None where that cannot be asked for at the moment. */
  methods: readonly string[];
  /** Where the login leads. Checked again by the server. */
  next: string;
  /** How long the login waits, in words. */
  within: string;
  startHref: string;
  children: ReactNode;
}

/**
 * Asks for a code, which is all that most kinds of credential need. A kind that draws something for a device, such as a passkey, brings
 * a form of its own into this folder, to be shown here in the place of `CodeFields` where that kind is chosen.
 */
export function SecondFactorForm({ startHref, children, ...props }: SecondFactorFormProps) {
  const { state, pending, form } = useSubmission(completeLogin, {
    byScript: completeIfKept,
    beforeLeaving: dropIdentifier,
  });
  // As they were first: when the login is finished, the page comes back without them before the next one is loaded.
  const [{ methods, next, within }] = useState(props);
  const fragment = useFragment();

  return (
    <>
      <PageTitle error={state.status === "refused"}>Confirm it is you</PageTitle>
      <ErrorSummary state={state} />
      <h1>Confirm it is you</h1>
      {children}
      {methods.length > 0 && (
        <>
          <p className={styles.lead}>One step is left. Enter a code within {within} to finish logging in.</p>
          <form {...form} className={styles.form}>
            <input type="hidden" name="next" value={withFragment(next, fragment)} />
            <CodeFields methods={methods} chosen={typedIn(state, "method")} problem={problemOf(state, "code")} />
            <SubmitButton pending={pending} pendingLabel="Logging in">
              Log in
            </SubmitButton>
          </form>
        </>
      )}
      <p className={styles.also}>
        <a className="reach" href={startHref + fragment}>
          Start again
        </a>
      </p>
    </>
  );
}
