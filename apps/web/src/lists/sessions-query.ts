import { cursorIn, type Params } from "./cursor.ts";

/** Which page of the sessions an address asks for. */
export interface SessionsQuery {
  cursor?: string;
}

/** As `auth.sessions` takes it. */
const cursorShape = /^\d{1,16}\.[0-9a-f-]{36}$/;

export function sessionsQueryFrom(params: Params): SessionsQuery {
  const cursor = cursorIn(params, cursorShape);
  return cursor === undefined ? {} : { cursor };
}

export function sessionsHref(cursor: string): string {
  return `/account/sessions?after=${encodeURIComponent(cursor)}#sessions`;
}
