import { TRPCClientError } from "@trpc/client";
import type { AnyRouter } from "@trpc/server";
import type { AuthErrorReason } from "../core/domain/errors.ts";
import type { RevokedReason } from "../core/domain/model.ts";
import { terminalReasons } from "../core/domain/terminal-reasons.ts";

export { terminalReasons };

/** A server that is in trouble, or busy: the same question may get another answer later. */
const passingReasons: readonly AuthErrorReason[] = ["internal_error", "temporarily_unavailable", "rate_limited"];

/** Why the server refused a call, or undefined when it never answered: offline, timed out, not ours. */
export function reasonOf(error: unknown): AuthErrorReason | undefined {
  const data: { reason?: unknown } | null | undefined = error instanceof TRPCClientError ? error.data : undefined;
  return typeof data?.reason === "string" ? (data.reason as AuthErrorReason) : undefined;
}

/** By what a session was ended, where the server says it: more than its reason, for whoever has to put it in words. */
export function endedBecause(error: unknown): RevokedReason | undefined {
  return error instanceof TRPCClientError ? error.data?.endedBecause : undefined;
}

/** True only when the server said that the session is over. A bad connection never does. */
export function isTerminal(error: unknown): boolean {
  return (terminalReasons as readonly unknown[]).includes(reasonOf(error));
}

/** A failure that says nothing about the session: no answer, one that is not ours, or a server in trouble. */
export function isPassing(error: unknown): boolean {
  const reason = reasonOf(error);
  return reason === undefined ? error instanceof TRPCClientError : passingReasons.includes(reason);
}

/** Whatever was thrown, in the form that callers of tRPC hear. */
export function asFailure(thrown: unknown): TRPCClientError<AnyRouter> {
  return TRPCClientError.from(thrown as Error);
}

/** A refusal in the form of the server's own. */
export function refusal(reason: string, message: string): TRPCClientError<AnyRouter> {
  const code = -32001; // JSON-RPC wants a number, and tRPC uses this one for 401
  return asFailure({ error: { code, message, data: { reason } } });
}

const cookiesBlockedReason = "cookies_blocked";

/** The server sent its cookies, and the browser kept none: nothing would be won by trying again. */
export function cookiesBlocked(): TRPCClientError<AnyRouter> {
  return refusal(cookiesBlockedReason, "Your browser keeps no cookies for this site");
}

/** True when a login or refresh went well, and the browser threw its cookies away. */
export function isCookiesBlocked(error: unknown): boolean {
  return (reasonOf(error) as string | undefined) === cookiesBlockedReason;
}

/** For whoever still waits for a refresh when the user logs out, or in. */
export function loggedOut(): TRPCClientError<AnyRouter> {
  return refusal("logged_out", "You have logged out");
}
