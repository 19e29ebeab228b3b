import { z } from "zod";
import type { FilePlace } from "./file-store.ts";

const usualPage = 50;

/** Of a cursor: the time and the id of the file that it stands behind. */
const cursorShape = /^\d{1,16}\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Which page of one's files. Left out: the first one. */
export const filePageInput = z
  .strictObject({
    cursor: z.string().regex(cursorShape).nullish(),
    limit: z.number().int().min(1).max(200).optional(),
  })
  .optional();

type FilePageInput = z.infer<typeof filePageInput>;

export function readFilePage(input: FilePageInput): { before: FilePlace | undefined; limit: number } {
  const { cursor, limit = usualPage } = input ?? {};
  if (!cursor) return { before: undefined, limit };
  const at = cursor.indexOf(".");
  return { before: { createdAt: Number(cursor.slice(0, at)), id: cursor.slice(at + 1) }, limit };
}

/** @param found one more than the page has, where there are more */
export function pageOfFiles<File extends FilePlace>(found: readonly File[], limit: number) {
  const files = found.slice(0, limit);
  const last = files.at(-1);
  return { files, nextCursor: found.length > limit && last ? `${last.createdAt}.${last.id}` : null };
}
