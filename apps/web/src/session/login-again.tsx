"use client";

import { withLoginLock } from "@watchword/auth/client/hint";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { endedWord, loginAfter, secondFactorHref, sentenceOf } from "../messages/session-end.ts";
import { FixedUsername } from "../ui/fields/fixed-text.tsx";
import formStyles from "../ui/fields/form.module.css";
import { PasswordField } from "../ui/fields/password-field.tsx";
import { SubmitButton } from "../ui/fields/submit-button.tsx";
import { announce } from "./announcer.tsx";
import styles from "./login-again.module.css";
import { rejectionWords } from "./rejection-words.ts";
import { tabState } from "./tab-state-store.ts";
import { useTRPCClient } from "./trpc/client.tsx";
import { here } from "./trpc/tab-session.ts";

interface LoginAgainProps {
  user: { id: string; username: string };
  rememberMe: boolean;
  /** Why the session is over. */
  reason: string;
}

/**
 * Asks for the password in front of a page whose session has ended while the user worked on it. The page stays where it is,
 * out of sight, with everything that was typed; the calls that were rejected run again afterwards.
 * For an account with a second factor a page of its own goes on, and brings the user back to this page as the server has it.
 */
export function LoginAgain({ user, rememberMe, reason }: LoginAgainProps) {
  const dialog = useModal();
  const client = useTRPCClient();
  const [problem, setProblem] = useState<string>();
  const [sending, setSending] = useState(false);

  async function logIn(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const password = new FormData(event.currentTarget).get(field);
    if (sending) return;
    if (typeof password !== "string" || password === "") return reject("Enter your password");
    setSending(true);
    setProblem(undefined); // the same sentence twice would be read out once
    try {
      const login = await withLoginLock(() =>
        client.auth.login.mutate({ identifier: user.username, password, rememberMe }),
      );
      if (login.status === "second_factor_required") return window.location.assign(secondFactorHref(here()));
      if (login.user.id === user.id) announce("You are logged in again. What you were doing is still here");
      tabState.dispatch({ type: login.user.id === user.id ? "same_user_again" : "somebody_else" });
    } catch (error) {
      setSending(false);
      reject(rejectionWords(error, "That password is not right"));
    }
  }

  function reject(sentence: string) {
    setProblem(sentence);
    passwordIn(dialog.current)?.select();
  }

  return (
    // Escape does not close it: behind it there is nothing to be seen.
    <dialog className={styles.dialog} ref={dialog} onCancel={keepOpen} aria-labelledby="login-again-title">
      <h2 id="login-again-title">Log in again to continue</h2>
      <p className="soft">{sentenceOf(endedWord(reason) ?? "expired")} What you were doing is still here.</p>
      <form className={formStyles.form} method="post" onSubmit={logIn} noValidate>
        <FixedUsername name="username-again" username={user.username} />
        <PasswordField name={field} label="Password" autoComplete="current-password" problem={problem} />
        <span className="visually-hidden" role="alert">
          {problem}
        </span>
        <SubmitButton pending={sending} pendingLabel="Logging in">
          Log in
        </SubmitButton>
      </form>
      <div className={styles.also}>
        <a className="reach" href={`/forgot-password?next=${encodeURIComponent(here())}`}>
          Forgot your password?
        </a>
        <a className="reach" href={loginAfter(reason, here())}>
          Log in as another user
        </a>
      </div>
    </dialog>
  );
}

const field = "password-again";

/** Open from the first moment, the focus on the password; and back where it was, when the page can be seen again. */
function useModal() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    passwordIn(dialog.current)?.focus(); // not the name, which stands first and is fixed
    return () => {
      if (before instanceof HTMLElement) requestAnimationFrame(() => before.focus());
    };
  }, []);
  return dialog;
}

function passwordIn(dialog: HTMLDialogElement | null): HTMLInputElement | null {
  return dialog?.querySelector<HTMLInputElement>(`#${field}`) ?? null;
}

function keepOpen(event: { preventDefault(): void }) {
  event.preventDefault();
}
