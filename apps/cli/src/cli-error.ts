/** The exit codes, as `--help` lists them. */
export const exitCodes = {
  /** Rejected by the server, not possible here, or the server is unreachable. */
  failed: 1,
  /** Wrong arguments. */
  usage: 2,
  notLoggedIn: 3,
} as const;

/** The last three are of signals: see `interrupt.ts`. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes] | 129 | 130 | 143;

export interface FailureOptions {
  exitCode?: ExitCode;
  /** The reason of the server or of the command, for `--json`. */
  reason?: string;
  /** What was not lost. */
  kept?: string | undefined;
  /** What to do now, beginning with a verb. */
  next?: string | undefined;
  cause?: unknown;
}

/** The only error that the command throws on purpose: what failed, what was kept, and what to do next. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: ExitCode;
  readonly reason: string;
  readonly kept: string | undefined;
  readonly next: string | undefined;

  constructor(message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode ?? exitCodes.failed;
    this.reason = options.reason ?? "failed";
    this.kept = options.kept;
    this.next = options.next;
  }
}

/** The error for wrong arguments. */
export function usageError(message: string, next: string): CliError {
  return new CliError(message, { exitCode: exitCodes.usage, reason: "usage", next });
}
