import { octetInputParser } from "@trpc/server/http";
import { AuthError, type Clock, newId, type RandomBytes } from "@watchword/auth/core";
import { protectedProcedure, router } from "@watchword/auth/trpc";
import { z } from "zod";
import { brokenOff } from "./broken-upload.ts";
import { describeUpload } from "./file-name.ts";
import { filePageInput, pageOfFiles, readFilePage } from "./file-page.ts";
import {
  type BlobStore,
  type FileQuota,
  type FileRecord,
  type FileStore,
  type NewFile,
  type UploadOutcome,
  uploadTimesAt,
} from "./file-store.ts";
import type { Uploads } from "./uploads.ts";

export interface FilesOptions {
  files: FileStore;
  blobs: BlobStore;
  clock: Clock;
  randomBytes: RandomBytes;
  /** The most bytes of one file. */
  maxFileBytes: number;
  /** The most bytes of all files of one user. */
  quotaBytes: number;
  /** What renews the leases of uploads, and ends them with the process. Without it an upload holds its room for one lease. */
  uploads?: Uploads | undefined;
}

/** A file as its owner's programs see it. */
export interface FileOutput {
  id: string;
  name: string;
  contentType: string;
  sizeBytes: number;
  /** ISO 8601. */
  createdAt: string;
}

export interface OpenFile extends FileOutput {
  content: ReadableStream<Uint8Array>;
}

const fileId = z.strictObject({ id: z.uuid() });

/** One's own files: what the login protects. Another user's file is "not found", like one that never was. */
export function createFilesRouter(options: FilesOptions) {
  const { files, blobs, clock, maxFileBytes, quotaBytes } = options;

  return router({
    /** A page of them, newest first, and what all of them take up. */
    list: protectedProcedure.input(filePageInput).query(async ({ ctx, input }) => {
      const userId = ctx.user.id;
      const { before, limit } = readFilePage(input);
      const page = pageOfFiles(await files.page({ userId, before, limit: limit + 1 }), limit);
      return {
        files: page.files.map(toFileOutput),
        nextCursor: page.nextCursor,
        total: await files.count(userId),
        usedBytes: await files.usedBytes(userId, uploadTimesAt(clock.now())),
        quotaBytes,
        maxFileBytes,
      };
    }),

    /** The body is the file itself, streamed; its name stands in `X-File-Name`. */
    upload: protectedProcedure.input(octetInputParser).mutation(async ({ ctx, input }) => {
      const described = describeUpload(ctx.request);
      return store(options, { ...described, userId: ctx.user.id, content: input as ReadableStream<Uint8Array> });
    }),

    remove: protectedProcedure.input(fileId).mutation(async ({ ctx, input }) => {
      const owner = { id: input.id, userId: ctx.user.id };
      if (!(await files.remove({ ...owner, now: clock.now() }))) throw new AuthError("not_found");
      await blobs.remove(input.id);
      return { removed: true as const };
    }),
  });
}

/**
 * Opens one of a user's own files, for an HTTP handler that can send bytes.
 *
 * @throws {AuthError} `not_found`
 */
export async function openFile(
  { files, blobs }: Pick<FilesOptions, "files" | "blobs">,
  owner: { id: string; userId: string },
): Promise<OpenFile> {
  const found = await findOwn(files, owner);
  const content = await blobs.read(found.id);
  if (!content) throw new AuthError("not_found");
  return { ...toFileOutput(found), content };
}

/**
 * What is known of one of a user's own files whose bytes are there. Opens nothing.
 *
 * @throws {AuthError} `not_found`
 */
export async function describeFile(
  { files, blobs }: Pick<FilesOptions, "files" | "blobs">,
  owner: { id: string; userId: string },
): Promise<FileOutput> {
  const found = await findOwn(files, owner);
  if (!(await blobs.has(found.id))) throw new AuthError("not_found");
  return toFileOutput(found);
}

async function findOwn(files: FileStore, { id, userId }: { id: string; userId: string }): Promise<FileRecord> {
  const { success, data } = fileId.safeParse({ id });
  const found = success ? await files.find({ id: data.id, userId }) : undefined;
  if (!found) throw new AuthError("not_found");
  return found;
}

/**
 * Clears away what uploads that died with their process have left: their rows and their bytes. The row first, and only while no process
 * holds its room: a process that was merely suspended finds its row gone, and removes what it goes on to write.
 */
export async function removeAbandonedUploads({ files, blobs, clock }: FilesOptions): Promise<number> {
  let removed = 0;
  for (const file of await files.abandoned(uploadTimesAt(clock.now()))) {
    if (!(await files.removeAbandoned(file, uploadTimesAt(clock.now())))) continue;
    await blobs.remove(file.id);
    removed += 1;
  }
  return removed;
}

/**
 * Clears away bytes that no row names: those of an account whose deletion died between the two. A row is made before its bytes
 * arrive, so that what was not touched since `before` and has none will never have one.
 */
export async function removeOrphanedBlobs(
  { files, blobs }: Pick<FilesOptions, "files" | "blobs">,
  before: number,
): Promise<number> {
  let removed = 0;
  for await (const id of blobs.untouchedSince(before)) {
    if (await files.isKnown(id)) continue;
    await blobs.remove(id);
    removed += 1;
  }
  return removed;
}

interface Arriving {
  userId: string;
  name: string;
  contentType: string;
  announcedBytes: number | undefined;
  content: ReadableStream<Uint8Array>;
}

/** Room first, then bytes, then the row becomes visible; whatever breaks in between gives the room back. */
async function store(options: FilesOptions, arriving: Arriving): Promise<FileOutput> {
  const { clock, randomBytes, maxFileBytes, uploads } = options;
  const { userId, name, contentType, announcedBytes } = arriving;
  if (announcedBytes !== undefined && announcedBytes > maxFileBytes) throw new AuthError("payload_too_large");
  const now = clock.now();
  const file: NewFile = {
    id: newId(now, randomBytes),
    userId,
    name,
    contentType,
    // Without an announced length (a chunked upload) as much is reserved as may come.
    sizeBytes: announcedBytes ?? maxFileBytes,
    createdAt: now,
    leasedUntil: uploadTimesAt(now).leaseUntil,
  };
  const receiving = (signal?: AbortSignal) => receive(options, file, arriving, signal);
  return uploads ? uploads.run(() => renewLease(options, file), receiving) : receiving();
}

async function receive(
  options: FilesOptions,
  file: NewFile,
  { announcedBytes, content }: Arriving,
  signal: AbortSignal | undefined,
): Promise<FileOutput> {
  const { files, blobs, clock } = options;
  const { id, userId } = file;
  rejectUnlessDone(await files.reserve(file, quotaAt(options)));
  try {
    const sizeBytes = await blobs.write(id, untilAborted(content, signal), file.sizeBytes);
    if (announcedBytes !== undefined && sizeBytes !== announcedBytes) throw brokenOff();
    rejectUnlessDone(await files.complete({ id, userId, sizeBytes }, quotaAt(options)));
    return toFileOutput({ ...file, sizeBytes });
  } catch (error) {
    // The room also where the bytes cannot be removed: they are cleared away later, as what no row names.
    await files.remove({ id, userId, now: clock.now() }).finally(() => blobs.remove(id));
    throw error;
  }
}

async function renewLease(options: FilesOptions, { id, userId }: NewFile): Promise<void> {
  const quota = quotaAt(options);
  rejectUnlessDone(await options.files.renew({ id, userId, leasedUntil: quota.leaseUntil }, quota));
}

function quotaAt({ clock, quotaBytes }: FilesOptions): FileQuota {
  return { ...uploadTimesAt(clock.now()), quotaBytes };
}

/** @throws {AuthError} `not_found` where the account, and the upload with it, was removed meanwhile | `quota_exceeded` */
function rejectUnlessDone(outcome: UploadOutcome | "reserved"): void {
  if (outcome === "gone") throw new AuthError("not_found");
  if (outcome === "quota_exceeded") throw new AuthError("quota_exceeded");
}

/** The same stream, which fails with the signal's reason when that aborts, however long nothing comes. */
function untilAborted(
  content: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  return signal ? content.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), { signal }) : content;
}

export function toFileOutput({ id, name, contentType, sizeBytes, createdAt }: FileRecord): FileOutput {
  return { id, name, contentType, sizeBytes, createdAt: new Date(createdAt).toISOString() };
}
