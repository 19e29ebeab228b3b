import type { AuthEvent } from "@watchword/auth/core";
import { type AddressProblem, errorIdOf } from "@watchword/auth/trpc";
import { createProcessLog, type LogLines } from "./log-lines.ts";

/** What an operator should check soon. */
const warnings: ReadonlySet<AuthEvent["type"]> = new Set([
  "refresh_token_reused",
  "access_refused",
  "timeline_entry_lost",
  "mail_order_lost",
  "app_data_left",
]);

/** One line of JSON for each event, on standard output. Events hold ids and outcomes, and never anything typed or secret. */
export function logEvent(event: AuthEvent): void {
  writeLine({ level: warnings.has(event.type) ? "warn" : "info", ...event });
}

/** One line for the operator, about ids alone: keys in use that this process cannot open, or none any more. */
export function logUnreadableKeys(kids: readonly string[]): void {
  writeLine({ level: kids.length > 0 ? "warn" : "info", type: "signing_keys_unreadable", kids });
}

/**
 * One line for each failure of ours, with the id that its answer names. Only the error's class and its code are written: a
 * library's message may quote what a client sent.
 */
export function logError(where: string, error: unknown, id: string = errorIdOf(error)): void {
  const causes = causesOf(error).map((cause) => ({ name: cause.name, ...codeOf(cause), at: firstFrame(cause) }));
  writeLine({ level: "error", type: "fault", id, where: where.slice(0, 100), causes });
}

/** What an operator can do about it: the address of the socket counts instead, and clients behind one proxy count together. */
const addressAdvice: Record<AddressProblem, string> = {
  proxy_not_trusted: "A forwarded address came from outside of TRUSTED_PROXIES",
  address_missing: "There are fewer forwarded addresses than TRUSTED_PROXY_HOPS",
  address_unreadable: "A proxy forwarded what is no address",
  headers_disagree: "X-Forwarded-For and Forwarded name different addresses. Set TRUSTED_PROXY_HEADER",
};

export function logAddressProblem(problem: AddressProblem): void {
  writeLine({ level: "warn", type: "client_address", problem, advice: addressAdvice[problem] });
}

/** What a library says of itself. What it quotes may come from a client, and is left out. */
export function logMessage(level: "error" | "warn", text: string): void {
  writeLine({ level, type: "library", text: text.replace(/`[^`]*`|"[^"]*"|'[^']*'/g, "…").slice(0, 200) });
}

/** One for all copies of this file, so that lines keep their order. */
const shared = globalThis as typeof globalThis & { watchwordLog?: LogLines };

function writeLine(line: Record<string, unknown>): void {
  shared.watchwordLog ??= createProcessLog();
  shared.watchwordLog.add(line);
}

/** Writes what waits, for what is to stand below it. */
export function flushLog(): void {
  shared.watchwordLog?.flush();
}

function causesOf(error: unknown): Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}

function codeOf(error: Error): { code?: string } {
  return "code" in error && typeof error.code === "string" ? { code: error.code } : {};
}

/** Where it was thrown: the first line of the stack that is a place, not the message. */
function firstFrame(error: Error): string | undefined {
  return error.stack
    ?.split("\n")
    .find((line) => /^\s+at /.test(line))
    ?.trim()
    .slice(0, 200);
}
