"use client";

import { type MouseEvent, type ReactNode, useEffect, useRef } from "react";
import styles from "../ui/fields/form.module.css";
import type { FormState, Problem } from "./form-state.ts";
import { RetryCountdown } from "./retry-countdown.tsx";

interface ErrorSummaryProps {
  state: FormState;
  /** What helps with some of the problems, such as the way to log in. */
  children?: ReactNode;
}

/** What has to be put right, on top of the page, in the words that stand at the inputs too. Focus moves to it. */
export function ErrorSummary({ state, children }: ErrorSummaryProps) {
  const summary = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (state.status === "refused") summary.current?.focus();
  }, [state]);
  if (state.status !== "refused") return null;
  return (
    // biome-ignore lint/a11y/noAutofocus: without JavaScript this is what moves the focus to what went wrong.
    <div className={styles.summary} ref={summary} tabIndex={-1} role="alert" aria-labelledby="problem-title" autoFocus>
      <h2 id="problem-title">There is a problem</h2>
      <ul>
        {state.problems.map((problem) => (
          <li key={problem.field ?? problem.message}>
            <ProblemLine problem={problem} />
          </li>
        ))}
      </ul>
      {children}
      {state.waitSeconds !== undefined && <RetryCountdown seconds={state.waitSeconds} since={state} />}
    </div>
  );
}

function ProblemLine({ problem: { field, message } }: { problem: Problem }) {
  if (field === undefined) return <p>{`${message}.`}</p>;
  return (
    <a href={`#${field}`} onClick={goTo}>
      {message}
    </a>
  );
}

/** A fragment scrolls; only focus lets the user type. */
function goTo(event: MouseEvent<HTMLAnchorElement>) {
  const input = document.getElementById(event.currentTarget.hash.slice(1));
  if (!input) return;
  event.preventDefault();
  input.focus();
}
