"use client";

import { reasonOf } from "@watchword/auth/client";
import { useRouter } from "next/navigation";
import { type FormEvent, useActionState } from "react";
import { newForm } from "../../forms/form-state.ts";
import { announce } from "../../session/announcer.tsx";
import { useTRPCClient } from "../../session/trpc/client.tsx";
import { tryAgain, useAction } from "../../ui/action-state.ts";
import { actOnAccount } from "./actions.ts";
import styles from "./admin.module.css";
import { type AdminAct, call, doneWords, isDoneAlready } from "./admin-actions.ts";

interface AdminActionProps {
  what: AdminAct;
  label: string;
  /** What is read out: several buttons say the same. */
  spoken?: string;
  className: string;
}

/**
 * Runs one action on a user's account. A form, so that it works without JavaScript; with it the page stays, the password
 * is asked for where that is due, and what changed is shown.
 */
export function AdminAction({ what, label, spoken, className }: AdminActionProps) {
  const client = useTRPCClient();
  const router = useRouter();
  const [posted, post] = useActionState(actOnAccount, newForm);
  const { state, run } = useAction(problemOf);

  async function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    await run(async () => {
      await call(client.admin, what).catch((error: unknown) => {
        if (!isDoneAlready(what.do, reasonOf(error))) throw error;
      });
      announce(doneWords[what.do]);
    });
    router.refresh();
  }

  const rejected = state.is === "ready" && posted.status === "refused" ? posted.problems[0]?.message : undefined;
  return (
    <form action={post} onSubmit={send}>
      {Object.entries(what).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <button
        className={className}
        type="submit"
        aria-label={spoken}
        aria-disabled={state.is === "sending" || undefined}
      >
        {state.is === "sending" ? "Working…" : label}
      </button>
      <span className={styles.trouble} role="alert">
        {state.is === "failed" ? state.problem : rejected}
      </span>
    </form>
  );
}

/** Reasons whose sentence says what to do. */
const said = new Set<string | undefined>(["last_admin", "already_has_password", "rate_limited"]);

/** The user would rather not give the password, and knows that nothing happened. */
function problemOf(error: unknown): string | undefined {
  const reason = reasonOf(error);
  if (reason === "reauthentication_required") return undefined;
  if (said.has(reason) && error instanceof Error) return error.message;
  return tryAgain();
}
