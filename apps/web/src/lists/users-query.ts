import { cursorIn, type Params } from "./cursor.ts";

/** Which users an administrator asks for. */
export interface UsersQuery {
  text: string;
  cursor?: string;
}

/** As `admin.users` takes it. */
const cursorShape = /^(?:username|email)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function usersQueryFrom(params: Params): UsersQuery {
  const { find } = params;
  const text = (typeof find === "string" ? find : "").slice(0, 256).toWellFormed().replaceAll("\0", "");
  const cursor = cursorIn(params, cursorShape);
  return cursor === undefined ? { text } : { text, cursor };
}

export function usersHref({ text, cursor }: UsersQuery): string {
  const query = new URLSearchParams({ ...(text && { find: text }), ...(cursor && { after: cursor }) }).toString();
  return query ? `/admin?${query}` : "/admin";
}
