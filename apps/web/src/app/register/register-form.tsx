"use client";

import { useRef } from "react";
import { carryIdentifier, dropIdentifier, useCarriedIdentifier } from "../../components/form/carried-identifier.ts";
import { unlessCookiesAreBlocked } from "../../components/form/cookies-blocked.ts";
import { ErrorSummary } from "../../components/form/error-summary.tsx";
import styles from "../../components/form/form.module.css";
import { problemOf, typedIn } from "../../components/form/form-state.ts";
import { PasswordField } from "../../components/form/password-field.tsx";
import { useSubmission } from "../../components/form/submission.ts";
import { SubmitButton } from "../../components/form/submit-button.tsx";
import { TextField } from "../../components/form/text-field.tsx";
import { PageTitle } from "../../components/page-title.tsx";
import { register } from "./actions.ts";

const registerIfKept = unlessCookiesAreBlocked(register);

interface RegisterFormProps {
  /** Where the new account is led. Checked again by the server. */
  next: string;
  loginHref: string;
  passwordMinLength: number;
}

const isEmail = (typed: string) => typed.includes("@");

export function RegisterForm({ next, loginHref, passwordMinLength }: RegisterFormProps) {
  const { state, pending, form } = useSubmission(register, { byScript: registerIfKept, beforeLeaving: dropIdentifier });
  const ref = useRef<HTMLFormElement>(null);
  useCarriedIdentifier(ref, { email: isEmail, username: (typed) => !isEmail(typed) });
  const field = (name: string) => ({
    name,
    defaultValue: typedIn(state, name),
    problem: problemOf(state, name),
  });

  return (
    <>
      <PageTitle error={state.status === "refused"}>Create an account</PageTitle>
      <ErrorSummary state={state} />
      <h1>Create an account</h1>
      <form {...form} className={styles.form} ref={ref}>
        <input type="hidden" name="next" value={next} />
        <TextField {...field("name")} label="Your name" autoComplete="name" spellCheck={false} dir="auto" />
        <TextField
          {...field("email")}
          label="Email"
          type="email"
          autoComplete="email"
          autoCapitalize="none"
          spellCheck={false}
          dir="ltr"
          onType={carryIdentifier}
        />
        <TextField
          {...field("username")}
          label="Username"
          hint="Letters, digits, dots, hyphens and underscores. You log in with it or with your email."
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          dir="auto"
        />
        <PasswordField
          name="password"
          label="Password"
          autoComplete="new-password"
          hint={`At least ${passwordMinLength} characters. Any characters, spaces too.`}
          problem={problemOf(state, "password")}
        />
        <SubmitButton pending={pending} pendingLabel="Creating your account">
          Create account
        </SubmitButton>
      </form>
      <p className={styles.also}>
        <span className="reach">
          <span>
            Already have an account? <a href={loginHref}>Log in</a>
          </span>
        </span>
      </p>
    </>
  );
}
