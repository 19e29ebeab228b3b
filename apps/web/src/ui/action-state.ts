"use client";

import { useRef, useState } from "react";

/** What a button shows: one of these at a time. */
type ActionState = { is: "ready" } | { is: "sending" } | { is: "failed"; problem: string };

interface Action {
  state: ActionState;
  /** Runs `work`, unless it is running. The button is ready again, or says what went wrong, as soon as it is over. */
  run(work: () => Promise<void>): Promise<void>;
}

/** @param problemOf the sentence for what `work` threw; undefined where nothing went wrong */
export function useAction(problemOf: (error: unknown) => string | undefined): Action {
  const [state, setState] = useState<ActionState>({ is: "ready" });
  const underway = useRef(false);
  async function run(work: () => Promise<void>): Promise<void> {
    if (underway.current) return; // a second click or Enter
    underway.current = true;
    setState({ is: "sending" });
    let problem: string | undefined;
    try {
      await work();
    } catch (error) {
      problem = problemOf(error);
    }
    underway.current = false;
    setState(problem === undefined ? { is: "ready" } : { is: "failed", problem });
  }
  return { state, run };
}

/** For what failed without a reason that the user could do anything about. */
export function tryAgain(): string {
  return window.navigator.onLine
    ? "That did not work. Try again in a moment."
    : "You are offline. Try again when you are back.";
}
