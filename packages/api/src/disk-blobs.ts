import { constants } from "node:fs";
import { access, type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { AuthError } from "@watchword/auth/core";
import { brokenOff } from "./broken-upload.ts";
import type { BlobStore } from "./file-store.ts";

/**
 * Keeps blobs as files in one folder, named by their ids. A blob is written under another name first and renamed when
 * all of it is on the disk, so that what carries the right name is complete. The name is on the disk, too, before it is said to
 * be there: after a power cut a row must not lead to a file that was never given its name.
 *
 * @param folder is made, readable by its owner only, when it is not there
 * @param sync puts on the disk which names are in a folder
 */
export function createDiskBlobStore(folder: string, sync = syncFolder): BlobStore {
  const pathOf = (id: string) => join(folder, id);
  const arrivingPathOf = (id: string) => join(folder, `${id}.arriving`);

  return {
    async write(id, content, limitBytes) {
      await asUnavailable(() => makeFolder(resolve(folder), sync));
      const arriving = arrivingPathOf(id);
      try {
        const written = await copyToDisk(content, arriving, limitBytes);
        await rename(arriving, pathOf(id));
        await sync(folder);
        return written;
      } catch (error) {
        await rm(arriving, { force: true });
        await rm(pathOf(id), { force: true });
        const failure = toDiskError(error);
        throw failure instanceof AuthError ? failure : brokenOff(failure);
      }
    },

    has: (id) => isThere(pathOf(id)),

    async read(id) {
      return (await isThere(pathOf(id))) ? readWhenAsked(pathOf(id)) : undefined;
    },

    async remove(id) {
      await asUnavailable(() => rm(pathOf(id), { force: true }));
      await asUnavailable(() => rm(arrivingPathOf(id), { force: true }));
    },

    async *untouchedSince(before) {
      for (const name of await namesIn(folder)) {
        // What is named otherwise was not put there by us.
        const [, id] = blobName.exec(name) ?? [];
        if (id !== undefined && (await lastWriteAt(join(folder, name))) < before) yield id;
      }
    },
  };
}

type Sync = (folder: string) => Promise<void>;

/**
 * Makes a folder and those above it that are missing, each of them by a name that is on the disk. One after the other, because
 * Node's own `recursive` tries for ever where a folder is there in which none can be made, such as `/proc`.
 */
async function makeFolder(folder: string, sync: Sync): Promise<void> {
  if (await isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) await makeFolder(parent, sync);
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (!(await isFolder(folder))) throw error;
    return; // made by another process meanwhile
  }
  await sync(parent);
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** Not on Windows, where a folder cannot be opened; a file system that knows no such thing says so. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (error) {
    if (!["EINVAL", "ENOTSUP"].includes(codeOf(error) ?? "")) throw error;
  } finally {
    await handle.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw toDiskError(error);
  }
}

const chunkBytes = 64 * 1024;

/** Opens the file at the first read, so that one who asks and leaves, or wants the headers alone, leaves nothing open. */
function readWhenAsked(path: string): ReadableStream<Uint8Array> {
  let handle: FileHandle | undefined;
  let over = false;
  const close = async () => {
    over = true;
    const opened = handle;
    handle = undefined;
    await opened?.close();
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          handle ??= await open(path, "r");
          if (over) return await close(); // cancelled while it was being opened
          const { bytesRead, buffer } = await handle.read(new Uint8Array(chunkBytes), 0, chunkBytes);
          if (over) return;
          if (bytesRead > 0) return controller.enqueue(buffer.subarray(0, bytesRead));
          await close();
          controller.close();
        } catch (error) {
          await close();
          throw toDiskError(error);
        }
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}

const blobName = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.arriving)?$/;

/** Empty for a folder that is not there yet. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw toDiskError(error);
  }
}

/** Never, for what has been removed meanwhile. */
async function lastWriteAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return Number.POSITIVE_INFINITY;
    throw toDiskError(error);
  }
}

async function copyToDisk(content: ReadableStream<Uint8Array>, path: string, limitBytes: number): Promise<number> {
  let written = 0;
  const counter = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      written += chunk.byteLength;
      done(written > limitBytes ? new AuthError("payload_too_large") : null, chunk);
    },
  });
  // Opened before anything can fail: an opening under way would make the file after it was cleared away.
  const handle = await open(path, "wx", 0o600).catch(async (error: unknown) => {
    await content.cancel(error).catch(() => undefined); // no reader is left
    throw error;
  });
  // flush: the bytes are on the disk before the file is given its name
  const disk = handle.createWriteStream({ flush: true });
  await pipeline(Readable.fromWeb(content as NodeReadableStream<Uint8Array>), counter, disk);
  return written;
}

async function asUnavailable(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw toDiskError(error);
  }
}

const diskCodes = new Set([
  "ENOSPC",
  "EDQUOT",
  "EROFS",
  "EACCES",
  "EPERM",
  "EMFILE",
  "ENFILE",
  "EIO",
  "ENOTDIR",
  "ENOENT",
  "EEXIST",
]);

function toDiskError(error: unknown): unknown {
  return diskCodes.has(codeOf(error) ?? "") ? new AuthError("temporarily_unavailable", { cause: error }) : error;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
