import type { FileOutput } from "@watchword/api";
import { byteSize } from "@watchword/api/byte-size";
import { CliError } from "../cli-error.ts";
import type { Command } from "../command.ts";
import { plural } from "../plural.ts";
import { formatTime } from "../time.ts";
import { allFiles } from "./all-files.ts";

/** Lists the user's files, newest first. */
export async function listFiles({ connection, printer, terminal }: Command): Promise<void> {
  const list = await allFiles(connection);
  const { files, usedBytes, quotaBytes } = list;
  const count = `${files.length} ${plural(files.length, { one: "file", other: "files" })}`;
  printer.result(list, [
    ...columns(
      files.map((file) => [file.id, byteSize(file.sizeBytes), formatTime(file.createdAt, terminal.now()), file.name]),
    ),
    files.length === 0
      ? "No files yet. Put one there: watchword files put <path>"
      : `${count}, ${byteSize(usedBytes)} of ${byteSize(quotaBytes)}`,
  ]);
}

/** Deletes a file of the user. */
export async function removeFile({ connection, printer }: Command, wanted: string): Promise<void> {
  const { api, loggedIn } = connection;
  const { files } = await allFiles(connection);
  const removed = findFile(files, wanted);
  await loggedIn(() => api.files.remove.mutate({ id: removed.id }));
  printer.result({ removed }, [`Removed ${removed.name} (${removed.id})`]);
}

/**
 * The file with this id or name.
 *
 * @throws {CliError} when there is none, or when several have that name
 */
export function findFile(files: readonly FileOutput[], wanted: string): FileOutput {
  const byId = files.find(({ id }) => id === wanted);
  const named = files.filter(({ name }) => name === wanted.normalize("NFC"));
  const [file] = byId ? [byId] : named;
  if (!file) {
    throw new CliError(`There is no file "${wanted}" of yours`, {
      reason: "not_found",
      next: "See what there is: watchword files ls",
    });
  }
  if (!byId && named.length > 1) {
    throw new CliError(`There are ${named.length} files called "${wanted}"`, {
      reason: "ambiguous",
      next: `Name one by its id: ${named.map(({ id }) => id).join(", ")}`,
    });
  }
  return file;
}

/** Aligns all columns but the last, which may be as long as it likes. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
}
