import type { Readable, Writable } from "node:stream";
import type { ClientSessionOptions } from "@watchword/auth/client";

/** The signals that ask the command to stop. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** The environment of the command: its streams, prompts, clock and signals. */
export interface Terminal {
  stdin: Readable;
  stdout: Writable & { isTTY?: boolean };
  stderr: Writable & { isTTY?: boolean };
  /** Undefined without a user at a terminal. */
  prompts: Prompts | undefined;
  /** Milliseconds since 1970. */
  now(): number;
  /** How pauses are waited for, such as before a retry; by default with the real clock. */
  delay?: ClientSessionOptions["delay"];
  /** Calls back when a signal is to end the command, such as Ctrl-C, instead of ending at once. Returns what stops that. */
  onStop(callback: (signal: StopSignal) => void): () => void;
}

export interface Prompts {
  /** @returns undefined when the user cancelled */
  identifier(stop: AbortSignal): Promise<string | undefined>;
  password(stop: AbortSignal): Promise<string | undefined>;
  /** Which of several kinds of credential a code is of. */
  method(methods: readonly string[], stop: AbortSignal): Promise<string | undefined>;
  /** The code of a kind of credential. */
  code(method: string, stop: AbortSignal): Promise<string | undefined>;
}
