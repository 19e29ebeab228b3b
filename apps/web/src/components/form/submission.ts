"use client";

import { unstable_isUnrecognizedActionError as isUnrecognizedAction } from "next/navigation";
import { type FormEvent, startTransition, useActionState, useRef, useState, useTransition } from "react";
import { type FormAction, type FormState, newForm } from "./form-state.ts";

interface Submission {
  state: FormState;
  /** From the click until the answer; and after a success until the next page is there. */
  pending: boolean;
  /** To be spread on the `<form>`. */
  form: { action: (form: FormData) => void; onSubmit: (event: FormEvent<HTMLFormElement>) => void; noValidate: true };
}

interface Options {
  /** What a script calls instead of the action, when it can do without an answer made of a page. */
  byScript?: FormAction;
  /** Called after a success, before the next page is loaded. */
  beforeLeaving?: () => void;
}

/**
 * Sends a form to its server action. Without JavaScript (or before it has arrived) the browser posts it and the page
 * comes back with the answer. With JavaScript the same action is called here, because then a lost connection can be
 * said in place, with everything that was typed still there, and a success ends in a full page load: Back does not show
 * the form again, and nothing of one user stays in memory for the next.
 */
export function useSubmission(action: FormAction, { byScript = action, beforeLeaving }: Options = {}): Submission {
  const [posted, post] = useActionState(action, newForm);
  const [answer, setAnswer] = useState<FormState>();
  const [sending, startSending] = useTransition();
  const underway = useRef(false);
  const state = answer ?? posted;

  function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (underway.current) return; // a second click or Enter
    underway.current = true;
    const form = event.currentTarget;
    const typed = new FormData(form);
    startSending(async () => {
      const answered = await sendUntilAnswered(byScript, typed);
      // Behind an `await` only so does the answer appear together with the button's end of waiting, not before it.
      startTransition(() => setAnswer(answered));
      if (answered.status === "done") {
        beforeLeaving?.();
        window.location.replace(answered.next);
        return;
      }
      underway.current = false;
      if (answered.status === "refused") empty(form, answered.emptied ?? []);
    });
  }

  return {
    state,
    pending: sending || state.status === "done" || state.status === "login_needed",
    form: { action: post, onSubmit, noValidate: true },
  };
}

/** Asks for a login in front of the page when the session is over, and sends what was typed once more. */
async function sendUntilAnswered(action: FormAction, form: FormData): Promise<FormState> {
  const answered = await send(action, form);
  if (answered.status !== "login_needed") return answered;
  // Loaded with every page of a logged-in user, and with no other: there no form gets this answer.
  const { loginIsNeeded } = await import("../../session/tab-keeper.ts");
  return (await loginIsNeeded(answered.reason)) ? send(action, form) : answered;
}

async function send(action: FormAction, form: FormData): Promise<FormState> {
  try {
    return await action(newForm, form);
  } catch (error) {
    return { status: "refused", problems: [{ message: whyNotSent(error) }], typed: {} };
  }
}

function whyNotSent(error: unknown): string {
  if (isUnrecognizedAction(error)) return "This page is from before an update. Load it again, then try once more";
  if (!window.navigator.onLine) return "You are offline. What you typed is still here: try again when you are back";
  return "The server did not answer. What you typed is still here: try again in a moment";
}

function empty(form: HTMLFormElement, names: readonly string[]) {
  for (const name of names) {
    const input = form.elements.namedItem(name);
    if (input instanceof HTMLInputElement) input.value = "";
  }
}
