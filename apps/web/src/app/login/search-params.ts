import { safeReturnTo } from "../../server/return-to.ts";

/** What Next hands to a page. */
export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** Where the visitor wants to go after the login, and what brought them here, as far as either can be believed. */
export async function readLoginParams(searchParams: SearchParams): Promise<{ next: string; from: string | undefined }> {
  const { next, from } = await searchParams;
  return { next: safeReturnTo(next), from: typeof from === "string" ? from : undefined };
}
