import type { Readable, Writable } from "node:stream";
import type { ClientSessionOptions } from "@watchword/auth/client";

/** The signals that ask the command to stop. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** Where the command is run: what it reads, writes and asks. */
export interface Terminal {
  stdin: Readable;
  stdout: Writable & { isTTY?: boolean };
  stderr: Writable & { isTTY?: boolean };
  /** Asks whoever sits there; undefined where nobody does. */
  prompts: Prompts | undefined;
  /** Milliseconds since 1970. */
  now(): number;
  /** How pauses are waited for, such as one that a busy server asks for; by the real clock when it is not given. */
  wait?: ClientSessionOptions["wait"];
  /** Calls back when a signal is to end the command, such as Ctrl-C, instead of ending at once. Returns what stops that. */
  onStop(callback: (signal: StopSignal) => void): () => void;
}

export interface Prompts {
  /** @returns undefined when whoever was asked gave up */
  identifier(stop: AbortSignal): Promise<string | undefined>;
  password(stop: AbortSignal): Promise<string | undefined>;
}
