"use client";

import { reasonOf } from "@watchword/auth/client";
import { useRouter } from "next/navigation";
import { type FormEvent, useActionState, useState } from "react";
import { newForm } from "../../components/form/form-state.ts";
import { useTRPCClient } from "../../trpc/client.tsx";
import { act } from "./act.ts";
import { type Act, call } from "./acts.ts";
import styles from "./admin.module.css";

interface AdminActionProps {
  what: Act;
  label: string;
  /** What is read out: several buttons say the same. */
  spoken?: string;
  className: string;
}

/**
 * Does one thing about somebody's account. A form, so that it works without JavaScript; with it the page stays, the password
 * is asked for where that is due, and what changed is shown.
 */
export function AdminAction({ what, label, spoken, className }: AdminActionProps) {
  const client = useTRPCClient();
  const router = useRouter();
  const [posted, post] = useActionState(act, newForm);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string>();

  async function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (sending) return;
    setSending(true);
    setProblem(undefined);
    try {
      await call(client.admin, what);
    } catch (error) {
      setProblem(problemOf(error));
    }
    setSending(false);
    router.refresh();
  }

  const said = problem ?? (posted.status === "refused" ? posted.problems[0]?.message : undefined);
  return (
    <form action={post} onSubmit={send}>
      {Object.entries(what).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <button className={className} type="submit" aria-label={spoken} aria-disabled={sending || undefined}>
        {label}
      </button>
      <span className={styles.trouble} role="alert">
        {said}
      </span>
    </form>
  );
}

/** Whoever would rather not give their password knows that nothing happened. */
function problemOf(error: unknown): string | undefined {
  const reason = reasonOf(error);
  if (reason === "reauthentication_required" || reason === "not_found") return undefined;
  if (reason === "last_admin" && error instanceof Error) return error.message;
  return "That did not work. Try again in a moment.";
}
