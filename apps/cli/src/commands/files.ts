import type { FileOutput } from "@watchword/api";
import { byteSize } from "@watchword/api/byte-size";
import type { Command } from "../command.ts";
import { Failure } from "../failure.ts";
import { plural } from "../plural.ts";
import { sayTime } from "../time.ts";

/** Lists one's own files, newest first. */
export async function listFiles({ connection, printer, terminal }: Command): Promise<void> {
  const { api, loggedIn } = connection;
  const list = await loggedIn(() => api.files.list.query());
  const { files, usedBytes, quotaBytes } = list;
  const count = `${files.length} ${plural(files.length, { one: "file", other: "files" })}`;
  printer.answer(list, [
    ...columns(
      files.map((file) => [file.id, byteSize(file.sizeBytes), sayTime(file.createdAt, terminal.now()), file.name]),
    ),
    files.length === 0
      ? "No files yet. Put one there: watchword files put <path>"
      : `${count}, ${byteSize(usedBytes)} of ${byteSize(quotaBytes)}`,
  ]);
}

/** Deletes one of one's own files. */
export async function removeFile({ connection, printer }: Command, wanted: string): Promise<void> {
  const { api, loggedIn } = connection;
  const { files } = await loggedIn(() => api.files.list.query());
  const removed = findFile(files, wanted);
  await loggedIn(() => api.files.remove.mutate({ id: removed.id }));
  printer.answer({ removed }, [`Removed ${removed.name} (${removed.id})`]);
}

/**
 * The one file that an id or a name means.
 *
 * @throws {Failure} when there is none, or when several have that name: which of them is not for us to guess
 */
export function findFile(files: readonly FileOutput[], wanted: string): FileOutput {
  const byId = files.find(({ id }) => id === wanted);
  const named = files.filter(({ name }) => name === wanted.normalize("NFC"));
  const [file] = byId ? [byId] : named;
  if (!file) {
    throw new Failure(`There is no file "${wanted}" of yours`, {
      reason: "not_found",
      next: "See what there is: watchword files ls",
    });
  }
  if (!byId && named.length > 1) {
    throw new Failure(`There are ${named.length} files called "${wanted}"`, {
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
