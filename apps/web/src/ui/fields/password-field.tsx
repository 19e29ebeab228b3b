"use client";

import { type ComponentType, type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import { FieldFrame, fieldAria } from "./field-frame.tsx";
import styles from "./form.module.css";

interface PasswordFieldProps {
  name: string;
  label: string;
  autoComplete: "current-password" | "new-password";
  hint?: string | undefined;
  problem?: string | undefined;
  /** What is said below while a new password is typed. Given by the forms that ask for one: the others do not load it. */
  advice?: ComponentType<{ input: RefObject<HTMLInputElement | null> }>;
}

/**
 * A password that can be shown, instead of one that is typed twice. It takes any text, pasted too, of any length: what
 * is too long is said, not cut off. It never gets a value from the server.
 */
export function PasswordField({ name, label, autoComplete, hint, problem, advice: Advice }: PasswordFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const { canShow, shown, setShown } = useShown(input);
  const [capsLock, setCapsLock] = useState(false);
  const noticeCapsLock = (event: KeyboardEvent) => setCapsLock(event.getModifierState("CapsLock"));

  return (
    <FieldFrame name={name} label={label} hint={hint} problem={problem}>
      <div className={styles.password}>
        <input
          {...fieldAria({ name, hint, problem })}
          className={styles.input}
          ref={input}
          id={name}
          name={name}
          type={shown ? "text" : "password"}
          autoComplete={autoComplete}
          // A shown password is a text field, whose spelling some browsers check on a server.
          spellCheck={false}
          autoCapitalize="none"
          autoCorrect="off"
          dir="ltr"
          required
          onKeyDown={noticeCapsLock}
          onKeyUp={noticeCapsLock}
          onBlur={() => setCapsLock(false)}
        />
        {canShow && (
          <button
            className={styles.show}
            type="button"
            aria-controls={name}
            aria-label={shown ? "Hide password" : "Show password"}
            onClick={() => setShown(!shown)}
          >
            {shown ? "Hide" : "Show"}
          </button>
        )}
        {Advice && <Advice input={input} />}
        <p className={styles.caps} role="status">
          {capsLock && "Caps Lock is on"}
        </p>
        <span className="visually-hidden" role="status">
          {shown && "Your password is visible"}
        </span>
      </div>
    </FieldFrame>
  );
}

/** Hidden again when the form is sent: browsers remember what stood in text fields, and managers look for the type. */
function useShown(input: { current: HTMLInputElement | null }) {
  const [canShow, setCanShow] = useState(false);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    setCanShow(true); // without JavaScript there is no button that does nothing
    const form = input.current?.form;
    const hide = () => setShown(false);
    form?.addEventListener("submit", hide);
    return () => form?.removeEventListener("submit", hide);
  }, [input]);
  return { canShow, shown, setShown };
}
