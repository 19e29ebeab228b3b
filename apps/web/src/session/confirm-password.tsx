"use client";

import { type ReactNode, type RefObject, useEffect, useRef, useSyncExternalStore } from "react";
import { asksForPassword } from "../messages/login-methods.ts";
import { CodeFields } from "../ui/fields/code-fields.tsx";
import { FixedUsername } from "../ui/fields/fixed-text.tsx";
import formStyles from "../ui/fields/form.module.css";
import { PasswordField } from "../ui/fields/password-field.tsx";
import { SubmitButton } from "../ui/fields/submit-button.tsx";
import styles from "./confirm-password.module.css";
import dialogStyles from "./login-again.module.css";
import { type StepUpQuestion, stepUpPrompt } from "./step-up-prompt.ts";
import { here } from "./trpc/tab-session.ts";
import { type Confirmation, confirmationInputs, useConfirmation } from "./use-confirmation.ts";

/** Asks for the password, or a code, when a call needs a step-up, wherever on the page it was made. */
export function ConfirmPassword({ username }: { username: string }) {
  const question = useSyncExternalStore(stepUpPrompt.subscribe, stepUpPrompt.question, noneOnServer);
  if (!question) return null;
  return asksForPassword(question.methods) ? (
    <PasswordDialog username={username} />
  ) : (
    <CodeDialog methods={question.methods ?? []} />
  );
}

const noneOnServer = () => undefined;
const cancel = () => stepUpPrompt.answer(false);

function PasswordDialog({ username }: { username: string }) {
  const dialog = useModal();
  const confirmation = useConfirmation("password", () => textIn(dialog.current)?.select());
  return (
    <ConfirmDialog
      dialog={dialog}
      confirmation={confirmation}
      why="You entered your password a while ago. Enter it again to do this."
      also={
        <div className={dialogStyles.also}>
          <a className="reach" href={`/forgot-password?next=${encodeURIComponent(here())}`}>
            Forgot your password?
          </a>
        </div>
      }
    >
      <FixedUsername name="username-to-confirm" username={username} />
      <PasswordField
        name={confirmationInputs.password}
        label="Password"
        autoComplete="current-password"
        problem={confirmation.problem}
      />
    </ConfirmDialog>
  );
}

/** For most kinds of credential. One that draws something brings a form of its own, to be shown in the place of `CodeFields`. */
function CodeDialog({ methods }: { methods: NonNullable<StepUpQuestion["methods"]> }) {
  const dialog = useModal();
  const confirmation = useConfirmation("code", () => textIn(dialog.current)?.select());
  return (
    <ConfirmDialog
      dialog={dialog}
      confirmation={confirmation}
      why="You proved this a while ago. Enter a code again to do this."
    >
      <CodeFields methods={methods} names={confirmationInputs} problem={confirmation.problem} />
    </ConfirmDialog>
  );
}

interface ConfirmDialogProps {
  dialog: RefObject<HTMLDialogElement | null>;
  confirmation: Confirmation;
  why: string;
  also?: ReactNode;
  children: ReactNode;
}

function ConfirmDialog({ dialog, confirmation, why, also, children }: ConfirmDialogProps) {
  const { problem, sending, confirm } = confirmation;
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
        {why}
      </p>
      <form className={formStyles.form} method="post" onSubmit={confirm} noValidate>
        {children}
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
      {also}
    </dialog>
  );
}

/** Open from the first moment, the focus on what is asked for; and back where it was, when it goes. */
function useModal() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    textIn(element)?.focus(); // not the name, which stands first and is fixed
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return dialog;
}

function textIn(dialog: HTMLDialogElement | null): HTMLInputElement | null {
  const { password, code } = confirmationInputs;
  return dialog?.querySelector<HTMLInputElement>(`#${password}, #${code}`) ?? null;
}
