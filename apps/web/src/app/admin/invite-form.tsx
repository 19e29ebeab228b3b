"use client";

import type { ReactNode } from "react";
import { ErrorSummary } from "../../forms/error-summary.tsx";
import { problemOf, typedIn } from "../../forms/form-state.ts";
import { useTRPCClient } from "../../session/trpc/client.tsx";
import { EmailField } from "../../ui/fields/email-field.tsx";
import formStyles from "../../ui/fields/form.module.css";
import { SubmitButton } from "../../ui/fields/submit-button.tsx";
import { TextField } from "../../ui/fields/text-field.tsx";
import { PageTitle } from "../../ui/page-title.tsx";
import account from "../account/account.module.css";
import { byScript } from "../account/by-script.ts";
import { useAccountSubmission } from "../account/use-account-submission.ts";
import { inviteUser } from "./actions.ts";
import { createdHref } from "./admin-actions.ts";

interface InviteFormProps {
  /** For how long the link works, in words. */
  linkLife: string;
  /** What the administrator has to know first. */
  children?: ReactNode;
}

/** Creates an account without a password. Its owner chooses one by the link of a mail. The title of the page says its errors. */
export function InviteForm({ linkLife, children }: InviteFormProps) {
  const client = useTRPCClient();
  const send = (form: FormData) => {
    const typed = (name: string) => String(form.get(name));
    return client.admin.createUser.mutate({
      username: typed("username"),
      email: typed("email"),
      name: typed("name"),
    });
  };
  const { state, pending, form } = useAccountSubmission(inviteUser, { byScript: byScript(send, createdHref) });
  const field = (name: string) => ({ defaultValue: typedIn(state, name), problem: problemOf(state, name) });
  return (
    <section aria-labelledby="invite">
      <PageTitle error={state.status === "refused"}>People</PageTitle>
      <h2 id="invite">Invite a user</h2>
      <p className="soft">They choose their password with a link, which is sent by email and works for {linkLife}.</p>
      {children}
      <div className={account.summary}>
        <ErrorSummary state={state} />
      </div>
      <form {...form} className={formStyles.form}>
        <TextField
          {...field("username")}
          name="username"
          label="Username"
          hint="Letters, digits, dots, hyphens and underscores."
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          dir="auto"
        />
        <EmailField {...field("email")} autoComplete="off" />
        <TextField {...field("name")} name="name" label="Full name" autoComplete="off" spellCheck={false} dir="auto" />
        <SubmitButton pending={pending} pendingLabel="Sending the invitation">
          Send the invitation
        </SubmitButton>
      </form>
    </section>
  );
}
