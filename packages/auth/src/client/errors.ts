import { TRPCClientError } from "@trpc/client";
import type { AnyRouter } from "@trpc/server";
import type { AuthErrorReason } from "../core/domain/errors.ts";
import type { RevokedReason } from "../core/domain/model.ts";
import { terminalReasons } from "../core/domain/terminal-reasons.ts";

export { terminalReasons };

export type ClientError = TRPCClientError<AnyRouter>;

/** A server that fails, or is busy: a retry may succeed. */
const transientReasons: readonly AuthErrorReason[] = ["internal_error", "temporarily_unavailable", "rate_limited"];

function dataOf(error: unknown): { reason?: unknown; endedBecause?: RevokedReason } | null | undefined {
  return error instanceof TRPCClientError ? error.data : undefined;
}

/** Why the server rejected a call, or undefined when it never answered: offline, timed out, not ours. */
export function reasonOf(error: unknown): AuthErrorReason | undefined {
  const reason = dataOf(error)?.reason;
  return typeof reason === "string" ? (reason as AuthErrorReason) : undefined;
}

/** What revoked the session, where the server says it: more than the reason, for an app that shows it. */
export function endedBecause(error: unknown): RevokedReason | undefined {
  return dataOf(error)?.endedBecause;
}

/** True only when the server said that the session is over. A bad connection never does. */
export function isTerminal(error: unknown): boolean {
  return (terminalReasons as readonly unknown[]).includes(reasonOf(error));
}

/** True when the server found no refresh token in the request. */
export function isTokenMissing(error: unknown): boolean {
  return reasonOf(error) === "refresh_token_missing";
}

/** A failure that says nothing about the session: no answer, one that is not ours, or a server in trouble. */
export function isTransient(error: unknown): boolean {
  const reason = reasonOf(error);
  return reason === undefined ? error instanceof TRPCClientError : transientReasons.includes(reason);
}

/** The error for a response that is not from Watchword: from a proxy, or another server. */
export function foreignResponseError(): ClientError {
  return new TRPCClientError("Not from Watchword");
}

/** What was thrown, in the form that callers of tRPC get. */
export function toClientError(thrown: unknown): ClientError {
  return TRPCClientError.from(thrown as Error);
}

/** A rejection in the form of the server's own. */
export function createRejection(reason: string, message: string): ClientError {
  const code = -32001; // JSON-RPC wants a number, and tRPC uses this one for 401
  return toClientError({ error: { code, message, data: { reason } } });
}

const cookiesBlockedReason = "cookies_blocked";

/** The server sent its cookies, and the browser kept none: another try would not help. */
export function cookiesBlockedError(): ClientError {
  return createRejection(cookiesBlockedReason, "Your browser keeps no cookies for this site");
}

/** True when a login or refresh succeeded, and the browser threw its cookies away. */
export function isCookiesBlocked(error: unknown): boolean {
  return (reasonOf(error) as string | undefined) === cookiesBlockedReason;
}
