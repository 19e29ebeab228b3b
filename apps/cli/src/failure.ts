/** What a script learns from how the command ended. Told in `--help`. */
export const exitCodes = {
  /** Refused by the server, not possible here, or out of reach. */
  failed: 1,
  /** Asked for in a way that the command does not know. */
  usage: 2,
  notLoggedIn: 3,
} as const;

/** The last three are of signals: see `interrupt.ts`. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes] | 129 | 130 | 143;

export interface FailureOptions {
  exitCode?: ExitCode;
  /** The server's reason, or one of the command's own: for `--json`. */
  reason?: string;
  /** What was not lost. */
  kept?: string | undefined;
  /** What to do now, beginning with a verb. */
  next?: string | undefined;
  cause?: unknown;
}

/** The only error that the command throws on purpose: what happened, what was kept, and what to do next. */
export class Failure extends Error {
  override readonly name = "Failure";
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

/** The failure of whoever called the command in a way that it does not know. */
export function usageFailure(message: string, next: string): Failure {
  return new Failure(message, { exitCode: exitCodes.usage, reason: "usage", next });
}
