"use client";

import { useQueryClient } from "@tanstack/react-query";
import { reasonOf } from "@watchword/auth/client";
import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useState } from "react";
import formStyles from "../../components/form/form.module.css";
import { SubmitButton } from "../../components/form/submit-button.tsx";
import { TextField } from "../../components/form/text-field.tsx";
import { useTRPC, useTRPCClient } from "../../trpc/client.tsx";
import account from "./account.module.css";

type Said = { problem: string } | { done: string };

/** One's name, as others read it. When the password was given a while ago, it is asked for before anything changes. */
export function ChangeName({ name }: { name: string }) {
  const { change, said, sending } = useNameChange();
  const [canSend, setCanSend] = useState(false);
  useEffect(() => setCanSend(true), []); // without JavaScript there is no form that does nothing
  if (!canSend) return null;
  return (
    <section className={account.part} aria-labelledby="your-name">
      <h2 id="your-name">Your name</h2>
      <form className={formStyles.form} method="post" onSubmit={change} noValidate>
        <TextField
          name="name"
          label="Full name"
          autoComplete="name"
          defaultValue={name}
          dir="auto"
          problem={said && "problem" in said ? said.problem : undefined}
        />
        <SubmitButton pending={sending} pendingLabel="Changing your name">
          Change name
        </SubmitButton>
        <p role="status">{said && "done" in said && said.done}</p>
      </form>
    </section>
  );
}

function useNameChange() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const router = useRouter();
  const [sending, setSending] = useState(false);
  const [said, setSaid] = useState<Said>();

  async function change(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name"));
    if (sending) return;
    setSending(true);
    setSaid(undefined);
    try {
      await client.auth.changeName.mutate({ name });
      setSaid({ done: "Your name is changed." });
    } catch (error) {
      setSaid(refusalOf(error));
      return;
    } finally {
      setSending(false);
    }
    // The tokens still say the old name, and have run out for it: this brings new ones, before the page is asked for.
    await queries.fetchQuery({ ...trpc.auth.me.queryOptions(), staleTime: 0 }).catch(() => undefined);
    await queries.invalidateQueries(trpc.auth.timeline.pathFilter());
    router.refresh();
  }

  return { change, said, sending };
}

/** Whoever would rather not give their password knows that nothing happened. */
function refusalOf(error: unknown): Said | undefined {
  const reason = reasonOf(error);
  if (reason === "reauthentication_required") return undefined;
  if (reason !== "validation_failed") return { problem: "That did not work. Try again in a moment" };
  const data: unknown = error instanceof Error && "data" in error ? error.data : undefined;
  const fields = (data as { fieldErrors?: { name?: string[] } } | undefined)?.fieldErrors;
  return { problem: fields?.name?.[0] ?? "Enter your name" };
}
