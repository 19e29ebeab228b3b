/** Which page of the sessions an address asks for. */
export interface SessionsQuery {
  cursor?: string;
}

/** As `auth.sessions` takes it. */
const cursorShape = /^\d{1,16}\.[0-9a-f-]{36}$/;

/** What is no cursor asks for the first page. */
export function sessionsQueryFrom({ after }: Readonly<Record<string, string | string[] | undefined>>): SessionsQuery {
  return typeof after === "string" && cursorShape.test(after) ? { cursor: after } : {};
}

export function sessionsHref(cursor: string): string {
  return `/account/sessions?after=${encodeURIComponent(cursor)}#sessions`;
}
