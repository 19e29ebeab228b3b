"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { ErrorSummary } from "../../forms/error-summary.tsx";
import { problemOf, typedIn } from "../../forms/form-state.ts";
import { useTRPC, useTRPCClient } from "../../session/trpc/client.tsx";
import formStyles from "../../ui/fields/form.module.css";
import { SubmitButton } from "../../ui/fields/submit-button.tsx";
import { TextField } from "../../ui/fields/text-field.tsx";
import account from "./account.module.css";
import { changeName } from "./actions.ts";
import { byScript } from "./by-script.ts";
import { useAccountSubmission } from "./use-account-submission.ts";

/** One's name, as others read it. When the password was given a while ago, it is asked for before anything changes. */
export function ChangeName({ name }: { name: string }) {
  const client = useTRPCClient();
  const showNewName = useNewName();
  const send = (form: FormData) => client.auth.changeName.mutate({ name: String(form.get("name")) });
  const { state, pending, form } = useAccountSubmission(changeName, {
    byScript: byScript(send, "/account"),
    stay: showNewName,
  });
  useErrorTitle(state.status === "refused");
  return (
    <section className={account.part} aria-labelledby="your-name">
      <h2 id="your-name">Your name</h2>
      <div className={account.summary}>
        <ErrorSummary state={state} />
      </div>
      <form {...form} className={formStyles.form}>
        <TextField
          name="name"
          label="Full name"
          autoComplete="name"
          defaultValue={typedIn(state, "name") || name}
          dir="auto"
          problem={problemOf(state, "name")}
        />
        <SubmitButton pending={pending} pendingLabel="Changing your name">
          Change name
        </SubmitButton>
        <p role="status">{state.status === "done" && "Your name is changed."}</p>
      </form>
    </section>
  );
}

/** The tokens still say the old name, and have run out for it: this brings new ones, before the page is asked for. */
function useNewName(): () => Promise<void> {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const router = useRouter();
  return async () => {
    await queries.fetchQuery({ ...trpc.auth.me.queryOptions(), staleTime: 0 }).catch(() => undefined);
    queries.invalidateQueries(trpc.auth.timeline.pathFilter());
    router.refresh();
  };
}

/** The page keeps its title, because this form is a part of it; an error is said in front (see `PageTitle`). */
function useErrorTitle(isWrong: boolean): void {
  useEffect(() => {
    if (!isWrong) return;
    const { title } = document;
    document.title = `Error: ${title}`;
    return () => {
      document.title = title;
    };
  }, [isWrong]);
}
