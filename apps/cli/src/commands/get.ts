import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import type { FileOutput } from "@watchword/api";
import { byteSize } from "@watchword/api/byte-size";
import { usageError } from "../cli-error.ts";
import type { Command } from "../command.ts";
import { untilStopped } from "../interrupt.ts";
import { plainText } from "../plain-text.ts";
import { rejectTaken, saveFile } from "../transfer/download.ts";
import { allFiles } from "./all-files.ts";
import { findFile } from "./files.ts";

export interface GetOptions {
  /** An id or a name. */
  wanted: string;
  /** A file, a folder, or `-` for stdout. */
  output: string | undefined;
  force: boolean;
}

/** Downloads a file of the user. Replaces an existing file only with `--force`. */
export async function getFile({ connection, printer, terminal, json }: Command, options: GetOptions): Promise<void> {
  const { wanted, output, force } = options;
  const toStdout = output === "-";
  if (toStdout && json) throw usageError("stdout cannot hold both the file and JSON", "Leave out --json or -o -");
  const { loggedIn, download } = connection;
  const { files } = await allFiles(connection);
  const file = findFile(files, wanted);
  const path = toStdout ? "-" : await pathFor(file, output);
  if (!toStdout && !force) await rejectTaken(path);

  await untilStopped(terminal, "Stopped. Nothing was kept", async (signal) => {
    const content = contentOf(await loggedIn(() => download(file.id, signal)));
    if (toStdout) return pipeline(content, terminal.stdout, { end: false, signal });
    return saveFile(content, { path, force, expectedBytes: file.sizeBytes, signal });
  });
  if (toStdout) return;
  printer.result({ file, savedTo: path }, [`Got ${file.name} (${byteSize(file.sizeBytes)}) as ${path}`]);
}

function contentOf(response: Response): Readable {
  return response.body ? Readable.fromWeb(response.body as NodeReadableStream<Uint8Array>) : Readable.from([]);
}

async function pathFor(file: FileOutput, output: string | undefined): Promise<string> {
  if (output === undefined) return safeName(file);
  const isFolder = await stat(output).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  return isFolder ? join(output, safeName(file)) : output;
}

/**
 * The server's name for a file as a safe name in a local folder. A name with a path in it, from a compromised server, could
 * otherwise write anywhere.
 */
function safeName({ id, name }: FileOutput): string {
  const plain = plainText(name).replace(/[/\\]/g, "_");
  return plain === "" || plain === "." || plain === ".." ? id : plain;
}
