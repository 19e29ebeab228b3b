import { cursorIn, type Params } from "./cursor.ts";

/** Which page of the files an address asks for. */
export interface FilesQuery {
  cursor?: string;
}

/** As `files.list` takes it. */
const cursorShape = /^\d{1,16}\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function filesQueryFrom(params: Params): FilesQuery {
  const cursor = cursorIn(params, cursorShape);
  return cursor === undefined ? {} : { cursor };
}

export function filesHref(cursor: string): string {
  return `/files?after=${encodeURIComponent(cursor)}`;
}
