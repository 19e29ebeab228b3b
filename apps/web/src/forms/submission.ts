"use client";

import type { EndReason } from "@watchword/auth/client";
import { unstable_isUnrecognizedActionError as isUnrecognizedAction } from "next/navigation";
import { type FormEvent, startTransition, useActionState, useRef, useState, useTransition } from "react";
import { type FormAction, type FormState, newForm, typedBefore } from "./form-state.ts";

interface Submission {
  /** Without the problems of the answer before while it is sent again: "sending" and "refused" are never shown together. */
  state: FormState;
  /** From the click until the answer; and after a success until the next page is there. */
  pending: boolean;
  /** To be spread on the `<form>`. */
  form: { action: (form: FormData) => void; onSubmit: (event: FormEvent<HTMLFormElement>) => void; noValidate: true };
}

export interface SubmissionOptions {
  /** What a script calls instead of the action, when it can do without an answer made of a page. */
  byScript?: FormAction;
  /** Called after a success, before the next page is loaded. Not between two forms of one way in. */
  beforeLeaving?: () => void;
  /** Called after a success instead of loading the next page: for a form that stays where it is. */
  stay?: () => Promise<void> | void;
  /** Asks for a login when the session is over, and says whether the same user is back: then the form is sent again. */
  askForLogin?: (reason: EndReason) => Promise<boolean>;
}

/**
 * Sends a form to its server action. Without JavaScript (or before it has arrived) the browser posts it and the page
 * comes back with the answer. With JavaScript the same action is called here, because then a lost connection can be
 * said in place, with everything that was typed still there, and a success ends in a full page load: Back does not show
 * the form again, and nothing of one user stays in memory for the next.
 */
export function useSubmission(
  action: FormAction,
  { byScript = action, beforeLeaving, stay, askForLogin }: SubmissionOptions = {},
): Submission {
  const [posted, post] = useActionState(action, newForm);
  const [answer, setAnswer] = useState<FormState>();
  const [sending, startSending] = useTransition();
  const underway = useRef(false);
  const answered = answer ?? posted;
  const state: FormState =
    sending && answered.status === "refused" ? { status: "new", typed: answered.typed } : answered;

  function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (underway.current) return; // a second click or Enter
    underway.current = true;
    const form = event.currentTarget;
    const typed = new FormData(form);
    startSending(async () => {
      const answered = await sendUntilAnswered({
        action: byScript,
        form: typed,
        typed: typedBefore(state),
        askForLogin,
      });
      // Behind an `await` only so does the answer appear together with the button's end of waiting, not before it.
      startTransition(() => setAnswer(answered));
      if (answered.status === "done" && stay) {
        await stay();
      } else if (answered.status === "done") {
        if (!answered.unfinished) beforeLeaving?.();
        window.location.replace(answered.next);
        return;
      }
      underway.current = false;
      if (answered.status === "refused") empty(form, answered.emptied ?? []);
    });
  }

  return {
    state,
    pending: sending || (state.status === "done" && !stay) || state.status === "login_needed",
    form: { action: post, onSubmit, noValidate: true },
  };
}

/** Asks for a login in front of the page when the session is over, and sends what was typed once more. */
async function sendUntilAnswered({ action, form, typed, askForLogin }: Sending): Promise<FormState> {
  const answered = await send(action, form, typed);
  if (answered.status !== "login_needed") return answered;
  return (await askForLogin?.(answered.reason)) ? send(action, form, typed) : answered;
}

type Typed = ReturnType<typeof typedBefore>;

interface Sending {
  action: FormAction;
  form: FormData;
  typed: Typed;
  askForLogin: SubmissionOptions["askForLogin"];
}

/** @param typed what the page came back with before: it stays in the inputs when there is no answer */
async function send(action: FormAction, form: FormData, typed: Typed): Promise<FormState> {
  try {
    return await action(newForm, form);
  } catch (error) {
    return { status: "refused", problems: [{ message: whyNotSent(error) }], typed };
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
