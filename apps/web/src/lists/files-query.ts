/** Which page of the files an address asks for. */
export interface FilesQuery {
  cursor?: string;
}

/** As `files.list` takes it. */
const cursorShape = /^\d{1,16}\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What is no cursor asks for the first page. */
export function filesQueryFrom({ after }: Readonly<Record<string, string | string[] | undefined>>): FilesQuery {
  return typeof after === "string" && cursorShape.test(after) ? { cursor: after } : {};
}

export function filesHref(cursor: string): string {
  return `/files?after=${encodeURIComponent(cursor)}`;
}
