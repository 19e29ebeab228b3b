"use client";

import { useQueryClient } from "@tanstack/react-query";
import { reasonOf } from "@watchword/auth/client";
import { type FormEvent, useActionState, useState } from "react";
import { type FormAction, newForm } from "../../components/form/form-state.ts";
import { useTRPC, useTRPCClient } from "../../trpc/client.tsx";
import styles from "./session-list.module.css";

type Client = ReturnType<typeof useTRPCClient>;

interface EndButtonProps {
  label: string;
  /** What is read out: several buttons say the same. */
  spoken?: string;
  className?: string | undefined;
  /** Where a browser without scripts sends it, and what it sends along. */
  action: FormAction;
  sessionId?: string;
  /** What a script calls instead, without leaving the page. */
  byScript: (client: Client) => Promise<unknown>;
}

/** Ends sessions elsewhere. A form, so that it works without JavaScript; with it the page stays, and the list follows. */
export function EndButton({ label, spoken, className, action, sessionId, byScript }: EndButtonProps) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const [posted, post] = useActionState(action, newForm);
  const [sending, setSending] = useState(false);
  const [failed, setFailed] = useState(false);

  async function end(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (sending) return;
    setSending(true);
    setFailed(false);
    try {
      await byScript(client);
    } catch (error) {
      setFailed(reasonOf(error) !== "not_found"); // somebody was faster: what was asked for is so
    }
    await queries.invalidateQueries(trpc.auth.sessions.queryFilter());
    setSending(false);
  }

  return (
    <form action={post} onSubmit={end}>
      {sessionId && <input type="hidden" name="sessionId" value={sessionId} />}
      <button className={className} type="submit" aria-label={spoken} aria-disabled={sending || undefined}>
        {sending ? "Ending…" : label}
      </button>
      <span className={styles.trouble} role="alert">
        {(failed || posted.status === "refused") && "That did not work. Try again in a moment."}
      </span>
    </form>
  );
}
