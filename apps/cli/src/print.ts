import type { Writable } from "node:stream";
import type { CliError } from "./cli-error.ts";
import { plainJson, plainText } from "./plain-text.ts";
import type { Terminal } from "./terminal.ts";

/** The output of the command: results on stdout, everything else on stderr; as text for people, or as JSON for programs. */
export interface Printer {
  /** The result: the lines for people, or the value as one line of JSON. */
  result(value: unknown, lines: readonly Line[]): void;
  /** A note beside the result. */
  note(sentence: string): void;
  error(failure: CliError): void;
}

/** A line, or a fact with its label. The printer makes both safe for a terminal. */
type Line = string | readonly [label: string, fact: string];

/** The logo: a token card with a row of notches, the last one open. */
export const mark = "▮▮▮▯";

const labelWidth = 10;

export function createPrinter(
  { stdout, stderr }: Pick<Terminal, "stdout" | "stderr">,
  { json, color }: { json: boolean; color: boolean },
): Printer {
  const out = createPaint(color && stdout.isTTY === true);
  const err = createPaint(color && stderr.isTTY === true);

  return {
    result(value, lines) {
      if (json) return writeLine(stdout, plainJson(value));
      for (const line of lines) writeLine(stdout, format(line, out));
    },

    note(sentence) {
      writeLine(stderr, json ? plainJson({ note: sentence }) : plainText(sentence));
    },

    error({ message, kept, next, reason, exitCode }) {
      if (json) return writeLine(stderr, plainJson({ error: { reason, message, kept, next, exitCode } }));
      writeLine(stderr, err.danger(plainText(message)));
      if (kept !== undefined) writeLine(stderr, plainText(kept));
      if (next !== undefined) writeLine(stderr, `${err.accent("Next:")} ${plainText(next)}`);
    },
  };
}

interface Paint {
  accent(text: string): string;
  danger(text: string): string;
  quiet(text: string): string;
}

/** From the sixteen colours that every theme has chosen for its own background. */
function createPaint(colored: boolean): Paint {
  const sgr = (code: number) => (text: string) => (colored ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { accent: sgr(36), danger: sgr(31), quiet: sgr(2) };
}

function format(line: Line, paint: Paint): string {
  if (typeof line === "string") return plainText(line);
  const [label, fact] = line;
  return `${paint.quiet(label.padEnd(labelWidth))}${plainText(fact)}`;
}

function writeLine(stream: Writable, text: string): void {
  stream.write(`${text}\n`);
}
