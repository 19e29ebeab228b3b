import { type LoginOutput, reasonOf } from "@watchword/auth/client";
import { CliError, exitCodes, usageError } from "../cli-error.ts";
import type { Command } from "../command.ts";
import { explain } from "../explain.ts";
import { cancelled, untilStopped } from "../interrupt.ts";
import { methodName } from "../method-name.ts";

/** A login whose password was right, and which waits for a second factor. */
export interface PendingLogin {
  methods: readonly string[];
  /** To be sent along with what finishes the login. */
  challenge?: string | undefined;
}

export interface SecondFactorOptions {
  /** The kind of credential that was chosen in the command line. */
  method: string | undefined;
  /** The code from a pipe. Undefined where the user is asked for it. */
  code: string | undefined;
  /** What is said when the user cancels. */
  stopped: string;
}

/** As many as the server takes for one login. */
const mostTries = 5;

/**
 * Finishes a login with a code. At a terminal a wrong one is asked for again.
 *
 * @throws {CliError} what the server says; `cancelled` when the user cancelled
 */
export async function completeLogin(
  command: Command,
  pending: PendingLogin,
  options: SecondFactorOptions,
): Promise<LoginOutput> {
  const method = await chooseMethod(command, pending.methods, options);
  await begin(command, pending, method);
  for (let tries = 1; ; tries += 1) {
    const response = await readCode(command, method, options);
    try {
      const { challenge } = pending;
      return await command.connection.api.auth.completeLogin.mutate({ method, response, challenge });
    } catch (error) {
      const mayTryAgain = options.code === undefined && tries < mostTries;
      if (!mayTryAgain || reasonOf(error) !== "invalid_credentials") throw loginError(error, command);
      command.printer.note("That code is not right");
    }
  }
}

/** What the server says of a login that it rejects. It logs no user out, so the message of a terminal reason does not apply. */
export function loginError(error: unknown, { connection }: Pick<Command, "connection">): CliError {
  const { message, reason, exitCode, next } = explain(error, connection.url);
  const isTerminalReason = exitCode === exitCodes.notLoggedIn && error instanceof Error;
  return isTerminalReason
    ? new CliError(error.message, { reason })
    : new CliError(message, { reason, exitCode, next: reason === "challenge_invalid" ? "watchword login" : next });
}

async function chooseMethod(
  { terminal }: Command,
  methods: readonly string[],
  { method: chosen, stopped }: SecondFactorOptions,
): Promise<string> {
  const names = methods.join(", ");
  if (chosen !== undefined) {
    if (methods.includes(chosen)) return chosen;
    throw usageError(`This account does not use the method ${chosen}`, `Choose one of: ${names}`);
  }
  const [only] = methods;
  if (only !== undefined && methods.length === 1) return only;
  const { prompts } = terminal;
  if (!prompts) throw usageError(`This account has several second factors: ${names}`, "Choose one: --method <name>");
  const method = await untilStopped(terminal, stopped, (signal) => prompts.method(methods, signal));
  if (method === undefined) throw cancelled(stopped);
  return method;
}

/** A kind that draws something for a device cannot be answered by what a user types. */
async function begin(command: Command, { challenge, methods }: PendingLogin, method: string): Promise<void> {
  const { auth } = command.connection.api;
  const begun = await auth.beginSecondFactor.mutate({ method, challenge }).catch((error: unknown) => {
    throw loginError(error, command);
  });
  if (Object.keys(begun.options).length === 0) return;
  throw new CliError(`A terminal cannot ask for that: ${methodName(method)}`, {
    reason: "method_not_possible",
    next: methods.length > 1 ? "Choose another way: --method <name>" : "Log in with a browser",
  });
}

async function readCode({ terminal }: Command, method: string, options: SecondFactorOptions): Promise<string> {
  const { code, stopped } = options;
  if (code !== undefined) return code;
  const { prompts } = terminal;
  if (!prompts) {
    const sentence = `This account asks for a code as well (${methodName(method)}), and this is not a terminal`;
    throw usageError(sentence, "Pipe it in, on a line after the password: --password-stdin --code-stdin");
  }
  const typed = await untilStopped(terminal, stopped, (signal) => prompts.code(method, signal));
  if (typed === undefined) throw cancelled(stopped);
  return typed;
}
