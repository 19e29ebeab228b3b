"use client";

import { dropIdentifier } from "./form/carried-identifier.ts";
import type { FormState } from "./form/form-state.ts";
import { useSubmission } from "./form/submission.ts";
import { logout } from "./logout.ts";
import styles from "./logout-button.module.css";

/** Logs out on this device. A form, so that it works without JavaScript and is never fetched by accident. */
export function LogoutButton({ className }: { className?: string }) {
  const { state, pending, form } = useSubmission(logout, { byScript: logoutByScript, beforeLeaving: dropIdentifier });
  return (
    <form {...form} className={styles.logout}>
      <button className={className} type="submit" aria-disabled={pending || undefined}>
        {pending ? "Logging out…" : "Log out"}
      </button>
      <span className={styles.answer} role="alert">
        {state.status === "refused" && `You are still logged in. ${state.problems[0]?.message ?? ""}.`}
      </span>
    </form>
  );
}

/**
 * Asks the router itself. An action's answer would hold the page once more, now without its user, and with it Next's way
 * to the login page: a race against the full page load that forgets everything.
 */
async function logoutByScript(): Promise<FormState> {
  const answer = await fetch("/api/trpc/auth.logout", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  if (!answer.ok) throw new Error("The logout was refused");
  return { status: "done", next: "/login?from=logout" };
}
