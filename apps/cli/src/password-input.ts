import type { Readable } from "node:stream";
import { usageError } from "./cli-error.ts";

const largestBytes = 64 * 1024;

/**
 * Reads a password from a pipe: all of it, without the line break that `echo` puts at its end. Never from an argument,
 * which every other user of the machine can read in the list of processes.
 *
 * @param withCode the last line is the code of a second factor, and the password is what stands before it. Only where that is
 *   asked for: a password may have several lines
 * @throws {CliError} usage, when there is none, or nothing that could be one
 */
export async function readPassword(
  stdin: Readable,
  { withCode = false }: { withCode?: boolean } = {},
): Promise<{ password: string; code?: string }> {
  const text = await readText(stdin);
  if (text === "") {
    throw usageError("No password came through the pipe", "watchword login <identifier> --password-stdin < file");
  }
  if (!withCode) return { password: text };
  const [, password, code] = /^(.*?)\r?\n([^\n]*)$/s.exec(text) ?? [];
  if (!password || !code) {
    throw usageError(
      "The pipe takes a password, and a code on the line after it",
      "Pipe in both, or leave out --code-stdin",
    );
  }
  return { password, code };
}

async function readText(stdin: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > largestBytes) throw usageError("That is too long for a password", "Pipe the password alone");
    chunks.push(bytes);
  }
  return decode(Buffer.concat(chunks)).replace(/\r?\n$/, "");
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw usageError("The password is not UTF-8", "Convert it first: iconv -t utf-8");
  }
}
