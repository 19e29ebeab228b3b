"use client";

import { isTerminal, reasonOf } from "@watchword/auth/client";
import { type FormEvent, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { FixedUsername } from "../ui/fields/fixed-text.tsx";
import formStyles from "../ui/fields/form.module.css";
import { PasswordField } from "../ui/fields/password-field.tsx";
import { SubmitButton } from "../ui/fields/submit-button.tsx";
import styles from "./confirm-password.module.css";
import dialogStyles from "./login-again.module.css";
import { stepUpPrompt } from "./step-up-prompt.ts";
import { useTRPCClient } from "./trpc/client.tsx";
import { here } from "./trpc/tab-session.ts";

/** Asks for the password when a call needs a step-up, wherever on the page it was made. */
export function ConfirmPassword({ username }: { username: string }) {
  const isAsked = useSyncExternalStore(stepUpPrompt.subscribe, stepUpPrompt.isAsked, neverOnServer);
  return isAsked && <ConfirmDialog username={username} />;
}

const neverOnServer = () => false;
const cancel = () => stepUpPrompt.answer(false);

function ConfirmDialog({ username }: { username: string }) {
  const dialog = useModal();
  const { problem, sending, confirm } = useConfirmation(() => passwordIn(dialog.current)?.select());
  return (
    <dialog
      className={`${dialogStyles.dialog} ${styles.veil}`}
      ref={dialog}
      onCancel={cancel}
      aria-labelledby="confirm-password-title"
      aria-describedby="confirm-password-why"
    >
      <h2 id="confirm-password-title">Confirm it is you</h2>
      <p className="soft" id="confirm-password-why">
        You entered your password a while ago. Enter it again to do this.
      </p>
      <form className={formStyles.form} method="post" onSubmit={confirm} noValidate>
        <FixedUsername name="username-to-confirm" username={username} />
        <PasswordField name={field} label="Password" autoComplete="current-password" problem={problem} />
        <span className="visually-hidden" role="alert">
          {problem}
        </span>
        <div className={styles.buttons}>
          <SubmitButton pending={sending} pendingLabel="Confirming">
            Confirm
          </SubmitButton>
          <button className="button button-quiet" type="button" onClick={cancel}>
            Cancel
          </button>
        </div>
      </form>
      <div className={dialogStyles.also}>
        <a className="reach" href={`/forgot-password?next=${encodeURIComponent(here())}`}>
          Forgot your password?
        </a>
      </div>
    </dialog>
  );
}

const field = "password-to-confirm";

/** @param onRejected called when the password was not accepted */
function useConfirmation(onRejected: () => void) {
  const client = useTRPCClient();
  const [problem, setProblem] = useState<string>();
  const [sending, setSending] = useState(false);

  function reject(sentence: string) {
    setProblem(sentence);
    onRejected();
  }

  async function confirm(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const password = new FormData(event.currentTarget).get(field);
    if (sending) return;
    if (typeof password !== "string" || password === "") return reject("Enter your password");
    setSending(true);
    setProblem(undefined); // a screen reader does not read the same sentence twice
    try {
      await client.auth.confirmPassword.mutate({ password });
      stepUpPrompt.answer(true);
    } catch (error) {
      setSending(false);
      reject(problemOf(error));
    }
  }

  return { problem, sending, confirm };
}

/** Open from the first moment, the focus on the password; and back where it was, when it goes. */
function useModal() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    passwordIn(element)?.focus(); // not the name, which stands first and is fixed
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return dialog;
}

function passwordIn(dialog: HTMLDialogElement | null): HTMLInputElement | null {
  return dialog?.querySelector<HTMLInputElement>(`#${field}`) ?? null;
}

function problemOf(error: unknown): string {
  const reason = reasonOf(error);
  if (reason === "invalid_credentials") return "That password is not right";
  if (reason === undefined) return "The server did not answer. Try again in a moment";
  if (isTerminal(error) || reason === "rate_limited") return error instanceof Error ? error.message : "Try again";
  return "That did not work. Try again in a moment";
}
