"use client";

import { type ReactNode, useRef } from "react";
import { carryIdentifier, dropIdentifier, useCarriedIdentifier } from "../../forms/carried-identifier.ts";
import { unlessCookiesAreBlocked } from "../../forms/cookies-blocked.ts";
import { ErrorSummary } from "../../forms/error-summary.tsx";
import { problemOf, typedIn } from "../../forms/form-state.ts";
import { useSubmission } from "../../forms/submission.ts";
import styles from "../../ui/fields/form.module.css";
import { PasswordField } from "../../ui/fields/password-field.tsx";
import { SubmitButton } from "../../ui/fields/submit-button.tsx";
import { TextField } from "../../ui/fields/text-field.tsx";
import { useFragment, withFragment } from "../../ui/fragment.ts";
import { PageTitle } from "../../ui/page-title.tsx";
import { login } from "./actions.ts";

const loginIfKept = unlessCookiesAreBlocked(login);

interface LoginFormProps {
  /** Where the login leads. Checked again by the server. */
  next: string;
  registerHref: string;
  forgotHref: string;
  /** How long a login lasts that is to be remembered, and at most one that is not, in words. */
  remembered: string;
  forgotten: string;
  children: ReactNode;
}

export function LoginForm({ next, registerHref, forgotHref, remembered, forgotten, children }: LoginFormProps) {
  const { state, pending, form } = useSubmission(login, { byScript: loginIfKept, beforeLeaving: dropIdentifier });
  const ref = useRef<HTMLFormElement>(null);
  useCarriedIdentifier(ref, { identifier: () => true });
  const fragment = useFragment();

  return (
    <>
      <PageTitle error={state.status === "refused"}>Log in</PageTitle>
      <ErrorSummary state={state} />
      <h1>Log in</h1>
      {children}
      <form {...form} className={styles.form} ref={ref}>
        <input type="hidden" name="next" value={withFragment(next, fragment)} />
        {/* Text, not email: it takes a username too, and a browser rejects one in an email input before it is sent. The
            keyboard of a phone has the @ all the same. */}
        <TextField
          name="identifier"
          label="Username or email"
          autoComplete="username"
          inputMode="email"
          autoCapitalize="none"
          spellCheck={false}
          dir="ltr"
          defaultValue={typedIn(state, "identifier")}
          problem={problemOf(state, "identifier")}
          onType={carryIdentifier}
        />
        <PasswordField
          name="password"
          label="Password"
          autoComplete="current-password"
          problem={problemOf(state, "password")}
        />
        <RememberMe checked={typedIn(state, "remember") === "on"} remembered={remembered} forgotten={forgotten} />
        <SubmitButton pending={pending} pendingLabel="Logging in">
          Log in
        </SubmitButton>
      </form>
      <p className={styles.also}>
        <a className="reach" href={forgotHref + fragment}>
          Forgot your password?
        </a>
        <span className="reach">
          <span>
            New here? <a href={registerHref + fragment}>Create an account</a>
          </span>
        </span>
      </p>
    </>
  );
}

interface RememberMeProps extends Pick<LoginFormProps, "remembered" | "forgotten"> {
  checked: boolean;
}

function RememberMe({ checked, remembered, forgotten }: RememberMeProps) {
  return (
    <div className={styles.choice}>
      <input id="remember" name="remember" type="checkbox" defaultChecked={checked} aria-describedby="remember-hint" />
      <label htmlFor="remember">Stay logged in on this device</label>
      <p className={styles.hint} id="remember-hint">
        For up to {remembered}. Otherwise the session ends when the browser closes, or after {forgotten}.
      </p>
    </div>
  );
}
