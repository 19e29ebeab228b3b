/** Which users an administrator asks for. */
export interface UsersQuery {
  text: string;
  cursor?: string;
}

type Params = Readonly<Record<string, string | string[] | undefined>>;

/** As `admin.users` takes it. */
const cursorShape = /^(?:username|email)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What is no cursor asks for the first page. */
export function usersQueryFrom({ find, after }: Params): UsersQuery {
  const text = (typeof find === "string" ? find : "").slice(0, 256).toWellFormed().replaceAll("\0", "");
  return typeof after === "string" && cursorShape.test(after) ? { text, cursor: after } : { text };
}

export function usersHref({ text, cursor }: UsersQuery): string {
  const query = new URLSearchParams({ ...(text && { find: text }), ...(cursor && { after: cursor }) }).toString();
  return query ? `/admin?${query}` : "/admin";
}
