import { addAbortSignal } from "node:stream";
import type { LoginOutput, StoredTokens } from "@watchword/auth/client";
import { CliError, usageError } from "../cli-error.ts";
import type { Command } from "../command.ts";
import { cancelled, untilStopped } from "../interrupt.ts";
import { readPassword } from "../password-input.ts";
import { mark } from "../print.ts";
import { formatTime } from "../time.ts";
import { completeLogin, loginError } from "./second-factor.ts";

export interface LoginOptions {
  identifier: string | undefined;
  passwordStdin: boolean;
  /** Whether the last line of the pipe is the code of a second factor. */
  codeStdin: boolean;
  /** The kind of credential that the code is of, where the account has several. */
  method: string | undefined;
}

/**
 * Logs in, with a second factor where the account has one, and stores the tokens. An earlier session at the same server is replaced and revoked, after the new login, so that a
 * wrong password does not log the user out.
 */
export async function login(command: Command, options: LoginOptions): Promise<void> {
  const { connection, printer, terminal } = command;
  const { code, ...credentials } = await untilStopped(terminal, nothingDone, (signal) =>
    readCredentials(command, options, signal),
  );
  const answered = await requestLogin(command, credentials);
  const { user, session, ...issued } =
    answered.status === "complete"
      ? answered
      : await completeLogin(command, answered, { method: options.method, code, stopped: nothingDone });
  const replaced = await saveTokens(command, tokensOf(issued));
  if (replaced) await endReplaced(command, replaced);
  printer.result({ server: connection.url, user, session }, [
    `${terminal.stdout.isTTY ? `${mark}  ` : ""}Logged in at ${connection.url} as ${user.username}`,
    `The session ends ${formatTime(session.expiresAt, terminal.now())} at the latest, or with: watchword logout`,
  ]);
}

const nothingDone = "Nothing was done";

async function readCredentials(
  { terminal, connection }: Command,
  { identifier, passwordStdin, codeStdin }: LoginOptions,
  signal: AbortSignal,
): Promise<{ identifier: string; password: string; code?: string }> {
  const { prompts, stdin } = terminal;
  if (codeStdin && !passwordStdin) {
    throw usageError(
      "A code in a pipe comes after a password",
      "watchword login <identifier> --password-stdin --code-stdin",
    );
  }
  if (passwordStdin) {
    if (!identifier) throw usageError("Whose password is it?", "watchword login <identifier> --password-stdin");
    await connection.tokens.prepare();
    return { identifier, ...(await readPassword(addAbortSignal(signal, stdin), { withCode: codeStdin })) };
  }
  if (!prompts) {
    throw usageError("The password cannot be asked for: this is not a terminal", "Pipe it in: --password-stdin");
  }
  await connection.tokens.prepare();
  const who = identifier ?? (await prompts.identifier(signal));
  const password = who === undefined ? undefined : await prompts.password(signal);
  if (who === undefined || password === undefined) throw cancelled(nothingDone);
  return { identifier: who, password };
}

async function requestLogin(command: Command, credentials: { identifier: string; password: string }) {
  try {
    return await command.connection.api.auth.login.mutate({ ...credentials, delivery: "body" });
  } catch (error) {
    throw loginError(error, command);
  }
}

function tokensOf({ accessToken, refreshToken }: Partial<LoginOutput>): StoredTokens {
  if (accessToken && refreshToken) return { accessToken, refreshToken };
  throw new CliError("The server logged you in without handing out tokens", { reason: "not_watchword" });
}

/** @returns the tokens of before */
async function saveTokens({ connection }: Command, next: StoredTokens): Promise<StoredTokens | null> {
  const { tokens, api } = connection;
  try {
    // A refresh of the old session in another process finishes first, or it would overwrite the new tokens.
    return await tokens.exclusively(async () => {
      const before = await tokens.read();
      await tokens.write(next);
      return before;
    });
  } catch (error) {
    // A session whose tokens are not stored must not stay valid for a month.
    await api.auth.logout.mutate({ refreshToken: next.refreshToken }).catch(() => undefined);
    throw error;
  }
}

async function endReplaced({ connection, printer }: Command, { refreshToken }: StoredTokens): Promise<void> {
  try {
    await connection.api.auth.logout.mutate({ refreshToken });
    printer.note("Your earlier session here was ended");
  } catch {
    printer.note("Your earlier session here could not be ended now. It ends by itself when nobody uses it");
  }
}
