import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { loginUnfinished } from "../../../messages/session-end.ts";
import { failureOf, getPageCaller } from "../../../server/caller.ts";

export interface PendingLogin {
  /** The kinds of credential of which one finishes the login. */
  methods: readonly string[];
  /** Seconds that are left for that. */
  expiresIn: number;
  /** Why no kind can be asked for at the moment. */
  outage?: string;
}

const nothingPending: PendingLogin = { methods: [], expiresIn: 0 };

/**
 * The login that waits for its second factor in this browser. Without one the user is sent to log in. Not while an action is
 * answered: the action may have finished the login, and the form itself leads on.
 */
export async function pendingLogin(next: string): Promise<PendingLogin> {
  try {
    return await (await getPageCaller()).auth.pendingLogin();
  } catch (error) {
    const { reason, message } = failureOf(error);
    if (reason === "temporarily_unavailable") return { ...nothingPending, outage: `${message}.` };
    if (reason !== "challenge_invalid") throw error;
  }
  if ((await headers()).has("next-action")) return nothingPending;
  redirect(loginUnfinished(next));
}
