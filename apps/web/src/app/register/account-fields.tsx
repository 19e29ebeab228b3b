import type { ReactNode } from "react";
import { type FormState, problemOf, typedIn } from "../../forms/form-state.ts";
import { PasswordStrength } from "../../forms/password-strength.tsx";
import { PasswordField } from "../../ui/fields/password-field.tsx";
import { TextField } from "../../ui/fields/text-field.tsx";

interface AccountFieldsProps {
  state: FormState;
  passwordMinLength: number;
  /** The email: typed, or settled by a link. */
  children: ReactNode;
}

/** What an account is made of, in the order in which people say it. */
export function AccountFields({ state, passwordMinLength, children }: AccountFieldsProps) {
  const field = (name: string) => ({ name, defaultValue: typedIn(state, name), problem: problemOf(state, name) });
  return (
    <>
      <TextField {...field("name")} label="Your name" autoComplete="name" spellCheck={false} dir="auto" />
      {children}
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
        advice={PasswordStrength}
        hint={`At least ${passwordMinLength} characters. Any characters, spaces too.`}
        problem={problemOf(state, "password")}
      />
    </>
  );
}
