import type { Connection } from "./connection.ts";
import type { Printer } from "./print.ts";
import type { Terminal } from "./terminal.ts";

/** The dependencies of every command. */
export interface Command {
  terminal: Terminal;
  printer: Printer;
  /** Whether the output is for a program. */
  json: boolean;
  connection: Connection;
}
