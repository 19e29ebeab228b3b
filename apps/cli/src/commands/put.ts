import type { FileOutput } from "@watchword/api";
import { byteSize } from "@watchword/api/byte-size";
import { CliError, usageError } from "../cli-error.ts";
import type { Command } from "../command.ts";
import type { UploadContext } from "../connection.ts";
import { untilStopped } from "../interrupt.ts";
import { openFile, openPipe, type UploadSource } from "../transfer/upload-source.ts";

export interface PutOptions {
  /** Files, or `-` alone for stdin. */
  paths: readonly string[];
  name: string | undefined;
}

/** Uploads files, streamed from the disk, or the content of a pipe. What does not fit is rejected before it is sent. */
export async function putFiles(command: Command, options: PutOptions): Promise<void> {
  const { connection, printer, terminal } = command;
  const sources = await openSources(command, options);
  const { api, loggedIn } = connection;
  // First, so that an expired access token is refreshed here and not in the middle of an upload.
  const space = freeSpaceOf(await loggedIn(() => api.files.list.query()));
  rejectTooMuch(sources, space);
  const files: FileOutput[] = [];
  try {
    for (const source of sources) {
      const put = (signal: AbortSignal) => putOne(command, source, { space, signal });
      const file = await untilStopped(terminal, `Stopped. "${source.name}" was not put`, put);
      space.freeBytes -= file.sizeBytes;
      files.push(file);
    }
  } catch (error) {
    for (const file of files) printer.note(printUploaded(file));
    throw error;
  }
  printer.result({ files }, files.map(printUploaded));
}

function openSources({ terminal }: Command, { paths, name }: PutOptions): Promise<UploadSource[]> {
  if (paths.includes("-")) {
    if (paths.length > 1) throw usageError("A pipe cannot be put together with files", "Put them one by one");
    if (!name) throw usageError("What comes through a pipe has no name", "watchword files put - --name <name>");
    return Promise.resolve([openPipe(terminal.stdin, name)]);
  }
  if (name !== undefined && paths.length > 1) {
    throw usageError("One name cannot be given to several files", "Put them one by one, or leave out --name");
  }
  return Promise.all(paths.map((path) => openFile(path, name)));
}

async function putOne(
  { connection: { api, loggedIn } }: Command,
  source: UploadSource,
  { space, signal }: { space: FreeSpace; signal: AbortSignal },
): Promise<FileOutput> {
  const { label, name, type } = source;
  const content = await source.content(Math.min(space.maxFileBytes, space.freeBytes), signal);
  if (!content)
    throw space.freeBytes < space.maxFileBytes ? notEnoughSpace(space, `${label} is larger`) : tooLarge(space, label);
  const context: UploadContext = { upload: { name, type } };
  let file: FileOutput;
  try {
    file = await loggedIn(() => api.files.upload.mutate(content, { context, signal }));
  } catch (error) {
    // Node stops reading a file that has changed, and `fetch` reports that as a network error.
    throw (await source.hasChanged()) ? changed(label, "Nothing of it was kept", error) : error;
  }
  if (!(await source.hasChanged())) return file;
  const isGone = await loggedIn(() => api.files.remove.mutate({ id: file.id })).then(
    () => true,
    () => false,
  );
  throw changed(label, isGone ? "Nothing of it was kept" : `What arrived is there as ${file.id}`);
}

function changed(label: string, kept: string, cause?: unknown): CliError {
  return new CliError(`${label} was changed while it was being sent`, {
    reason: "file_changed",
    kept,
    next: "Put it when nothing writes to it, or put a copy",
    cause,
  });
}

interface FreeSpace {
  maxFileBytes: number;
  freeBytes: number;
}

function freeSpaceOf({
  maxFileBytes,
  quotaBytes,
  usedBytes,
}: Record<"maxFileBytes" | "quotaBytes" | "usedBytes", number>) {
  return { maxFileBytes, freeBytes: Math.max(0, quotaBytes - usedBytes) };
}

function rejectTooMuch(sources: readonly UploadSource[], space: FreeSpace): void {
  const large = sources.find(({ sizeBytes = 0 }) => sizeBytes > space.maxFileBytes);
  if (large) throw tooLarge(space, large.label);
  const bytes = sources.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0);
  if (bytes > space.freeBytes) throw notEnoughSpace(space, `this is ${byteSize(bytes)}`);
}

function tooLarge({ maxFileBytes }: FreeSpace, label: string): CliError {
  return new CliError(`${label} is larger than the ${byteSize(maxFileBytes)} that one file may have`, {
    reason: "payload_too_large",
    next: "Nothing was sent. Split the file, or make it smaller",
  });
}

function notEnoughSpace({ freeBytes }: FreeSpace, what: string): CliError {
  return new CliError(`There is room for ${byteSize(freeBytes)} more, and ${what}`, {
    reason: "quota_exceeded",
    next: "Nothing was sent. Make room first: watchword files rm <id or name>",
  });
}

function printUploaded({ id, name, sizeBytes }: FileOutput): string {
  return `Put ${name} (${byteSize(sizeBytes)}) as ${id}`;
}
