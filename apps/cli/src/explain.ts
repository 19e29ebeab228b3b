import { TRPCClientError } from "@trpc/client";
import { type AuthErrorReason, isTerminal, reasonOf } from "@watchword/auth/client";
import { codeOf, TokenFileError } from "@watchword/auth/token-file";
import { CliError, exitCodes } from "./cli-error.ts";
import { explainTokenFile } from "./explain-token-file.ts";
import { RedirectError } from "./server-fetch.ts";

const tryAgain = "Try again in a moment";

/** The sentence for each end of a session, and what to do when a new login is not enough. */
const endings: Partial<Record<AuthErrorReason, readonly [sentence: string, next?: string]>> = {
  session_revoked: ["this session was ended elsewhere"],
  session_expired: ["your login has run out"],
  refresh_token_reused: ["this session's key was used twice", "If that was not you, change your password. Then log in"],
  refresh_token_invalid: ["the server does not know this session"],
  account_disabled: ["this account has been disabled", "Ask whoever runs"],
};

/**
 * Turns the error of a command into a message: what failed, what was kept, and what to do next.
 *
 * @param url the server that was called
 */
export function explain(error: unknown, url: string): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof TokenFileError) return explainTokenFile(error);
  // tRPC's links wrap our own errors, such as a full disk.
  if (error instanceof Error && error.cause instanceof TokenFileError) return explainTokenFile(error.cause);
  if (!(error instanceof TRPCClientError)) return unexpected(error);
  const reason = reasonOf(error);
  if (reason === undefined) return noResponse(error, url);
  if (isTerminal(error)) return ended(reason, url);
  return rejected(reason, error, url);
}

function ended(reason: AuthErrorReason, url: string): CliError {
  const [sentence, advice] = endings[reason] ?? ["the session is over"];
  const login = `watchword login --url ${url}`;
  const next = reason === "account_disabled" ? `${advice} ${url}` : advice ? `${advice}: ${login}` : login;
  return new CliError(`You were logged out: ${sentence}`, { exitCode: exitCodes.notLoggedIn, reason, next });
}

function rejected(reason: AuthErrorReason, error: TRPCClientError<never>, url: string): CliError {
  const { message } = error;
  const kept = "Your login is kept";
  switch (reason) {
    case "access_token_missing":
    case "access_token_invalid":
    case "access_token_expired": {
      const next = `watchword login --url ${url}`;
      return new CliError("The server does not take this login", { exitCode: exitCodes.notLoggedIn, reason, next });
    }
    case "rate_limited":
      return new CliError(message, { reason, kept, next: `Wait ${retryAfter(error) ?? "a little"}, then try again` });
    case "temporarily_unavailable":
    case "internal_error":
      return new CliError(message, { reason, kept, next: tryAgain });
    case "validation_failed":
      return new CliError([message, ...fieldErrors(error)].join(": "), { reason, next: "Change that, then try again" });
    case "quota_exceeded":
      return new CliError(message, { reason, next: "watchword files rm" });
    case "invalid_credentials":
      return new CliError(message, { reason, next: "watchword login" });
    default:
      return new CliError(message, { reason });
  }
}

/** Offline, or the response is from another server. The session may still be valid, so the tokens are kept. */
function noResponse(error: TRPCClientError<never>, url: string): CliError {
  const kept = "Your login is kept";
  const cause: unknown = error.cause;
  if (cause instanceof RedirectError) {
    const to = URL.canParse(cause.location, url) ? new URL(cause.location, url).origin : "another address";
    return new CliError(`${url} sends us to ${to}, where nothing was sent`, {
      reason: "redirected",
      kept,
      next: `If that is the right address: --url ${to}`,
    });
  }
  const why = isNamed(cause, "TimeoutError") ? "no answer in time" : connectionError(cause);
  if (why === undefined) {
    return new CliError(`The answer from ${url} is not from Watchword`, {
      reason: "not_watchword",
      kept,
      next: "Check the address (--url or WATCHWORD_URL), or try again later",
    });
  }
  return new CliError(`There is no answer from ${url} (${why})`, {
    reason: "unreachable",
    kept,
    next: "Check the connection and the address (--url or WATCHWORD_URL), then try again",
  });
}

const connectionErrors: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "no such name",
  EAI_AGAIN: "names cannot be looked up",
  ECONNRESET: "the connection broke",
  UND_ERR_SOCKET: "the connection broke",
  EPIPE: "the connection broke",
  ETIMEDOUT: "no answer in time",
  UND_ERR_CONNECT_TIMEOUT: "no answer in time",
  UND_ERR_HEADERS_TIMEOUT: "no answer in time",
  UND_ERR_BODY_TIMEOUT: "no answer in time",
  ENETUNREACH: "no network",
  EHOSTUNREACH: "no way there",
};

/** Node hides what went wrong with a connection in the cause of its `TypeError: fetch failed`. */
function connectionError(cause: unknown): string | undefined {
  if (!(cause instanceof TypeError)) return undefined;
  const code = codeOf(cause.cause) ?? codeOf(innermost(cause.cause));
  if (code && /CERT|SELF_SIGNED|UNABLE_TO/.test(code)) return `its certificate is not trusted: ${code}`;
  return (code && connectionErrors[code]) ?? code ?? "the connection failed";
}

/** A name with several addresses fails with one error for each. */
function innermost(error: unknown): unknown {
  return error instanceof AggregateError ? error.errors[0] : undefined;
}

function fieldErrors({ data }: TRPCClientError<never>): string[] {
  const fields: unknown = (data as { fieldErrors?: unknown } | undefined)?.fieldErrors;
  if (typeof fields !== "object" || fields === null) return [];
  const sentences = Object.values(fields).flat().map(String);
  return sentences.length === 0 ? [] : [sentences.join("; ")];
}

function retryAfter({ meta }: TRPCClientError<never>): string | undefined {
  const response: unknown = meta?.response;
  const seconds = response instanceof Response ? Number(response.headers.get("retry-after") ?? Number.NaN) : Number.NaN;
  return Number.isFinite(seconds) ? `${seconds} s` : undefined;
}

function unexpected(error: unknown): CliError {
  const text = error instanceof Error ? error.message : String(error);
  return new CliError(`That did not work: ${text}`, { reason: "unexpected", cause: error });
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
