import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { FileAnswer } from "@watchword/api";
import { codeOf } from "@watchword/auth/node-client";
import type { Command } from "../command.ts";
import type { UploadContext } from "../connection.ts";
import { Failure, usageFailure } from "../failure.ts";
import { mediaTypeOf } from "../media-type.ts";
import { saySize } from "../size.ts";
import { sayTime } from "../time.ts";

/** Lists one's own files, newest first. */
export async function listFiles({ connection, printer, terminal }: Command): Promise<void> {
  const { api, loggedIn } = connection;
  const list = await loggedIn(() => api.files.list.query());
  const { files, usedBytes, quotaBytes } = list;
  const count = files.length === 1 ? "1 file" : `${files.length} files`;
  printer.answer(list, [
    ...columns(
      files.map((file) => [file.id, saySize(file.sizeBytes), sayTime(file.createdAt, terminal.now()), file.name]),
    ),
    files.length === 0
      ? "No files yet. Put one there: watchword files put <path>"
      : `${count}, ${saySize(usedBytes)} of ${saySize(quotaBytes)}`,
  ]);
}

/** Uploads files, streamed from the disk. What cannot be taken is refused before anything is sent. */
export async function putFiles(
  { connection, printer }: Command,
  { paths, name }: { paths: readonly string[]; name: string | undefined },
): Promise<void> {
  if (name !== undefined && paths.length > 1) {
    throw usageFailure("One name cannot be given to several files", "Put them one by one, or leave out --name");
  }
  const leaving = await Promise.all(paths.map((path) => openLeaving(path, name)));
  const { api, loggedIn } = connection;
  // Asked first: an access token that has run out is renewed here, and not in the midst of an upload.
  refuseTooMuch(leaving, await loggedIn(() => api.files.list.query()));
  const files: FileAnswer[] = [];
  try {
    for (const { content, ...upload } of leaving) {
      const context: UploadContext = { upload };
      files.push(await loggedIn(() => api.files.upload.mutate(content, { context })));
    }
  } catch (error) {
    for (const file of files) printer.note(sayPut(file));
    throw error;
  }
  printer.answer({ files }, files.map(sayPut));
}

function sayPut({ id, name, sizeBytes }: FileAnswer): string {
  return `Put ${name} (${saySize(sizeBytes)}) as ${id}`;
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
export function findFile(files: readonly FileAnswer[], wanted: string): FileAnswer {
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

interface Leaving {
  path: string;
  name: string;
  type: string;
  content: Blob;
}

async function openLeaving(path: string, name = basename(path)): Promise<Leaving> {
  try {
    if (!(await stat(path)).isFile()) throw new Failure(`"${path}" is not a file`, { reason: "not_a_file" });
    return { path, name, type: mediaTypeOf(name), content: await openAsBlob(path) };
  } catch (error) {
    if (error instanceof Failure) throw error;
    const why = codeOf(error) === "ENOENT" ? "is not there" : `cannot be read (${codeOf(error) ?? "unknown cause"})`;
    throw new Failure(`"${path}" ${why}`, { reason: "unreadable", next: "Check the path. Nothing was sent" });
  }
}

interface Room {
  maxFileBytes: number;
  quotaBytes: number;
  usedBytes: number;
}

function refuseTooMuch(leaving: readonly Leaving[], { maxFileBytes, quotaBytes, usedBytes }: Room): void {
  const tooLarge = leaving.find(({ content }) => content.size > maxFileBytes);
  if (tooLarge) {
    throw new Failure(`"${tooLarge.path}" is larger than the ${saySize(maxFileBytes)} that one file may have`, {
      reason: "payload_too_large",
      next: "Nothing was sent. Split the file, or make it smaller",
    });
  }
  const bytes = leaving.reduce((sum, { content }) => sum + content.size, 0);
  const room = quotaBytes - usedBytes;
  if (bytes > room) {
    throw new Failure(`There is room for ${saySize(Math.max(0, room))} more, and this is ${saySize(bytes)}`, {
      reason: "quota_exceeded",
      next: "Nothing was sent. Make room first: watchword files rm <id or name>",
    });
  }
}

/** Aligns all columns but the last, which may be as long as it likes. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
}
