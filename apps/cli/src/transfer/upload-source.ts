import { createReadStream, openAsBlob, type Stats } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import { basename } from "node:path";
import { addAbortSignal, type Readable } from "node:stream";
import { codeOf } from "@watchword/auth/token-file";
import { CliError } from "../cli-error.ts";
import { mediaTypeOf } from "./media-type.ts";

/** An upload that is checked before it is sent. */
export interface UploadSource {
  /** Its name in a sentence. */
  label: string;
  name: string;
  type: string;
  /** Undefined where it is only known after reading. */
  sizeBytes: number | undefined;
  /** Its bytes; undefined when there are more than `limitBytes`. */
  content(limitBytes: number, signal: AbortSignal): Promise<Blob | undefined>;
  /** Whether the file was changed or removed: then what was sent may be neither the old nor the new content. */
  hasChanged(): Promise<boolean>;
}

/** A file on the disk, which is streamed. */
export async function openFile(path: string, name = basename(path)): Promise<UploadSource> {
  const stats = await statReadable(path);
  const label = `"${path}"`;
  const source = { label, name, type: mediaTypeOf(name) };
  // Virtual files, as in /proc, have no size and may have content.
  if (stats.size === 0) return { ...source, ...readThrough(label, () => createReadStream(path)) };
  const blob = await openAsBlob(path);
  return {
    ...source,
    sizeBytes: blob.size,
    content: async (limitBytes) => (blob.size > limitBytes ? undefined : blob),
    hasChanged: async () => !isSame(stats, await stat(path).catch(() => undefined)),
  };
}

/** The content of a pipe. It is kept in memory, because a call with an expired token is sent twice. */
export function openPipe(stdin: Readable, name: string): UploadSource {
  const label = "What comes through the pipe";
  return { label, name, type: mediaTypeOf(name), ...readThrough(label, () => stdin) };
}

function readThrough(label: string, open: () => Readable): Pick<UploadSource, "sizeBytes" | "content" | "hasChanged"> {
  return {
    sizeBytes: undefined,
    hasChanged: async () => false,
    async content(limitBytes, signal) {
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      let length = 0;
      try {
        for await (const chunk of addAbortSignal(signal, open())) {
          const bytes = new Uint8Array(Buffer.from(chunk));
          length += bytes.length;
          if (length > limitBytes) return undefined;
          chunks.push(bytes);
        }
      } catch (error) {
        throw unreadable(label, error);
      }
      return new Blob(chunks);
    },
  };
}

async function statReadable(path: string): Promise<Stats> {
  let stats: Stats;
  try {
    stats = await stat(path);
    if (stats.isFile()) await access(path, constants.R_OK);
  } catch (error) {
    throw unreadable(`"${path}"`, error);
  }
  if (stats.isFile()) return stats;
  throw new CliError(`"${path}" is not a file`, {
    reason: "not_a_file",
    next: stats.isDirectory()
      ? `Put the files in it: watchword files put ${path.replace(/\/+$/, "")}/*`
      : `Read from it: watchword files put - --name <name> < ${path}`,
  });
}

function unreadable(label: string, error: unknown): CliError {
  const code = codeOf(error);
  const why = code === "ENOENT" ? "is not there" : `cannot be read (${code ?? "unknown cause"})`;
  return new CliError(`${label} ${why}`, {
    reason: "unreadable",
    next: "Check the path. Nothing was sent",
    cause: error,
  });
}

function isSame(before: Stats, now: Stats | undefined): boolean {
  return (
    now !== undefined &&
    before.ino === now.ino &&
    before.dev === now.dev &&
    before.size === now.size &&
    before.mtimeMs === now.mtimeMs
  );
}
