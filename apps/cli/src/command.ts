import type { Connection } from "./connection.ts";
import type { Printer } from "./print.ts";
import type { Terminal } from "./terminal.ts";

/** What every command works with. */
export interface Command {
  terminal: Terminal;
  printer: Printer;
  /** Whether the answer is for a program. */
  json: boolean;
  connection: Connection;
}
