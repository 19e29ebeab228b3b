"use client";

import { useQueryClient } from "@tanstack/react-query";
import { reasonOf } from "@watchword/auth/client";
import type { SessionPageOutput } from "@watchword/auth/trpc";
import { type FormEvent, useActionState } from "react";
import { type FormAction, newForm } from "../../../forms/form-state.ts";
import { announce } from "../../../session/announcer.tsx";
import { useTRPC, useTRPCClient } from "../../../session/trpc/client.tsx";
import { tryAgain, useAction } from "../../../ui/action-state.ts";
import styles from "./session-list.module.css";

type Client = ReturnType<typeof useTRPCClient>;

interface EndButtonProps {
  label: string;
  /** What is read out: several buttons say the same. */
  spoken?: string;
  /** What is read out when it is done. */
  done: string;
  className?: string | undefined;
  /** Where a browser without scripts sends it, and what it sends along. */
  action: FormAction;
  sessionId?: string;
  /** What a script calls instead, without leaving the page. */
  byScript: (client: Client) => Promise<unknown>;
}

/** Ends sessions elsewhere. A form, so that it works without JavaScript; with it the page stays, and the list follows. */
export function EndButton({ label, spoken, done, className, action, sessionId, byScript }: EndButtonProps) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const [posted, post] = useActionState(action, newForm);
  const { state, run } = useAction(tryAgain);

  async function end(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    await run(async () => {
      await byScript(client).catch((error: unknown) => {
        if (reasonOf(error) !== "not_found") throw error; // another client was faster: what was asked for is so
      });
      announce(done);
      // Gone at once, also when the list cannot be asked for again.
      queries.setQueriesData<SessionPageOutput>(
        trpc.auth.sessions.pathFilter(),
        (before) => before && without(before, sessionId),
      );
      // Not awaited: the list may take as long as the network does, and nothing waits for it.
      queries.invalidateQueries(trpc.auth.sessions.pathFilter());
    });
  }

  const problem = state.is === "failed" ? state.problem : undefined;
  const rejected = state.is === "ready" && posted.status === "refused";
  return (
    <form action={post} onSubmit={end}>
      {sessionId && <input type="hidden" name="sessionId" value={sessionId} />}
      <button
        className={className}
        type="submit"
        aria-label={spoken}
        aria-disabled={state.is === "sending" || undefined}
      >
        {state.is === "sending" ? "Ending…" : label}
      </button>
      <span className={styles.trouble} role="alert">
        {rejected ? "That did not work. Try again in a moment." : problem}
      </span>
    </form>
  );
}

/** Without one session; without all but the current one where none is named. */
function without(page: SessionPageOutput, sessionId: string | undefined): SessionPageOutput {
  const stays = sessionId === undefined ? isCurrent : ({ id }: { id: string }) => id !== sessionId;
  const sessions = page.sessions.filter(stays);
  if (sessionId === undefined) return { sessions, nextCursor: null, total: 1 };
  return { ...page, sessions, total: page.total - 1 };
}

function isCurrent({ current }: { current: boolean }): boolean {
  return current;
}
