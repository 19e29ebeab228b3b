import type { FileOutput } from "@watchword/api";
import { byteSize } from "@watchword/api/byte-size";
import type { Command } from "../command.ts";
import type { UploadContext } from "../connection.ts";
import { Failure, usageFailure } from "../failure.ts";
import { untilStopped } from "../interrupt.ts";
import { openFile, openPipe, type UploadSource } from "../upload-source.ts";

export interface PutOptions {
  /** Files, or `-` alone for stdin. */
  paths: readonly string[];
  name: string | undefined;
}

/** Uploads files, streamed from the disk, or what comes through a pipe. What cannot be taken is refused before it is sent. */
export async function putFiles(command: Command, options: PutOptions): Promise<void> {
  const { connection, printer, terminal } = command;
  const sources = await openSources(command, options);
  const { api, loggedIn } = connection;
  // Asked first: an access token that has run out is renewed here, and not in the midst of an upload.
  const room = roomOf(await loggedIn(() => api.files.list.query()));
  rejectTooMuch(sources, room);
  const files: FileOutput[] = [];
  try {
    for (const source of sources) {
      const put = (signal: AbortSignal) => putOne(command, source, { room, signal });
      const file = await untilStopped(terminal, `Stopped. "${source.name}" was not put`, put);
      room.freeBytes -= file.sizeBytes;
      files.push(file);
    }
  } catch (error) {
    for (const file of files) printer.note(sayPut(file));
    throw error;
  }
  printer.answer({ files }, files.map(sayPut));
}

function openSources({ terminal }: Command, { paths, name }: PutOptions): Promise<UploadSource[]> {
  if (paths.includes("-")) {
    if (paths.length > 1) throw usageFailure("A pipe cannot be put together with files", "Put them one by one");
    if (!name) throw usageFailure("What comes through a pipe has no name", "watchword files put - --name <name>");
    return Promise.resolve([openPipe(terminal.stdin, name)]);
  }
  if (name !== undefined && paths.length > 1) {
    throw usageFailure("One name cannot be given to several files", "Put them one by one, or leave out --name");
  }
  return Promise.all(paths.map((path) => openFile(path, name)));
}

async function putOne(
  { connection: { api, loggedIn } }: Command,
  source: UploadSource,
  { room, signal }: { room: Room; signal: AbortSignal },
): Promise<FileOutput> {
  const { label, name, type } = source;
  const content = await source.content(Math.min(room.maxFileBytes, room.freeBytes), signal);
  if (!content) throw room.freeBytes < room.maxFileBytes ? noRoom(room, `${label} is larger`) : tooLarge(room, label);
  const context: UploadContext = { upload: { name, type } };
  let file: FileOutput;
  try {
    file = await loggedIn(() => api.files.upload.mutate(content, { context, signal }));
  } catch (error) {
    // Node refuses to read on in a file that has changed, and `fetch` calls that a failure of the network.
    throw (await source.hasChanged()) ? changed(label, "Nothing of it was kept", error) : error;
  }
  if (!(await source.hasChanged())) return file;
  const isGone = await loggedIn(() => api.files.remove.mutate({ id: file.id })).then(
    () => true,
    () => false,
  );
  throw changed(label, isGone ? "Nothing of it was kept" : `What arrived is there as ${file.id}`);
}

function changed(label: string, kept: string, cause?: unknown): Failure {
  return new Failure(`${label} was changed while it was being sent`, {
    reason: "file_changed",
    kept,
    next: "Put it when nothing writes to it, or put a copy",
    cause,
  });
}

interface Room {
  maxFileBytes: number;
  freeBytes: number;
}

function roomOf({ maxFileBytes, quotaBytes, usedBytes }: Record<"maxFileBytes" | "quotaBytes" | "usedBytes", number>) {
  return { maxFileBytes, freeBytes: Math.max(0, quotaBytes - usedBytes) };
}

function rejectTooMuch(sources: readonly UploadSource[], room: Room): void {
  const large = sources.find(({ sizeBytes = 0 }) => sizeBytes > room.maxFileBytes);
  if (large) throw tooLarge(room, large.label);
  const bytes = sources.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0);
  if (bytes > room.freeBytes) throw noRoom(room, `this is ${byteSize(bytes)}`);
}

function tooLarge({ maxFileBytes }: Room, label: string): Failure {
  return new Failure(`${label} is larger than the ${byteSize(maxFileBytes)} that one file may have`, {
    reason: "payload_too_large",
    next: "Nothing was sent. Split the file, or make it smaller",
  });
}

function noRoom({ freeBytes }: Room, what: string): Failure {
  return new Failure(`There is room for ${byteSize(freeBytes)} more, and ${what}`, {
    reason: "quota_exceeded",
    next: "Nothing was sent. Make room first: watchword files rm <id or name>",
  });
}

function sayPut({ id, name, sizeBytes }: FileOutput): string {
  return `Put ${name} (${byteSize(sizeBytes)}) as ${id}`;
}
