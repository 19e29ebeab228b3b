"use client";

import type { FormState } from "../../forms/form-state.ts";
import { useSubmission } from "../../forms/submission.ts";
import { loginAfterLogout } from "../../messages/session-end.ts";
import { logout, logoutEverywhere } from "../logout/actions.ts";
import styles from "./logout-button.module.css";

interface LogoutButtonProps {
  className?: string;
  /** Ends every session of the user, and not the one of this device alone. */
  everywhere?: boolean;
}

/** Logs out on this device, or everywhere. A form, so that it works without JavaScript and is never fetched by accident. */
export function LogoutButton({ className, everywhere = false }: LogoutButtonProps) {
  /**
   * Asks the router itself. An action's answer would hold the page once more, now without its user, and with it Next's
   * way to the login page: a race against the full page load that forgets everything. The client is loaded here, because
   * visitors get this file too, on a page that has two forms; where a user is logged in, it is there already.
   */
  const byScript = async (): Promise<FormState> => {
    const { logOut } = await import("./log-out.ts");
    await logOut({ everywhere });
    return { status: "done", next: loginAfterLogout };
  };
  const action = everywhere ? logoutEverywhere : logout;
  const { state, pending, form } = useSubmission(action, { byScript });
  return (
    <form {...form} className={styles.logout}>
      <button className={className} type="submit" aria-disabled={pending || undefined}>
        {pending ? "Logging out…" : everywhere ? "Log out everywhere" : "Log out"}
      </button>
      <span className={styles.answer} role="alert">
        {state.status === "refused" && `You are still logged in. ${state.problems[0]?.message ?? ""}.`}
      </span>
    </form>
  );
}
