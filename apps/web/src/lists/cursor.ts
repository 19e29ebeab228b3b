/** The query of an address, as Next gives it to a page. */
export type Params = Readonly<Record<string, string | string[] | undefined>>;

/** The cursor that an address names; undefined for what is none, which asks for the first page. */
export function cursorIn({ after }: Params, shape: RegExp): string | undefined {
  return typeof after === "string" && shape.test(after) ? after : undefined;
}
