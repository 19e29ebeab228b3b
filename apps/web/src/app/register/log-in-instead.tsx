"use client";

import { useEffect } from "react";
import { carryIdentifier } from "../../forms/carried-identifier.ts";
import type { FormState } from "../../forms/form-state.ts";
import styles from "../../ui/fields/form.module.css";

interface LogInInsteadProps {
  state: FormState;
  loginHref: string;
  forgotHref: string;
}

/**
 * The ways to an account that exists already. What was typed is carried to them in the tab, and never in an address, so that
 * the user types it once (WCAG 3.3.7).
 */
export function LogInInstead({ state, loginHref, forgotHref }: LogInInsteadProps) {
  const field = state.status === "refused" ? state.problems.find(({ mayBeYours }) => mayBeYours)?.field : undefined;
  useEffect(() => {
    const input = field === undefined ? null : document.getElementById(field);
    if (input instanceof HTMLInputElement) carryIdentifier(input.value);
  }, [field]);
  if (field === undefined) return null;
  return (
    <div className={styles.ways}>
      <p>Is it your account?</p>
      <a href={loginHref}>Log in to it</a>
      <a href={forgotHref}>Forgot your password?</a>
    </div>
  );
}
