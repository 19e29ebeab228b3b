import { TRPCClientError } from "@trpc/client";
import type { AuthErrorReason } from "../core/errors.ts";

/** The reasons after which a session is over for good; the same list as the server's (a test compares them). */
export const terminalReasons: readonly AuthErrorReason[] = [
  "session_revoked",
  "session_expired",
  "refresh_token_reused",
  "refresh_token_invalid",
  "account_disabled",
];

/** Why the server refused a call, or undefined when it never answered: offline, timed out, not ours. */
export function reasonOf(error: unknown): AuthErrorReason | undefined {
  if (!(error instanceof TRPCClientError)) return undefined;
  const data: unknown = error.data;
  const isObject = typeof data === "object" && data !== null;
  return isObject && "reason" in data && typeof data.reason === "string" ? (data.reason as AuthErrorReason) : undefined;
}

/** True only when the server said that the session is over. A bad connection never does. */
export function isTerminal(error: unknown): boolean {
  const reason = reasonOf(error);
  return reason !== undefined && terminalReasons.includes(reason);
}
