import type { Session } from "./model.ts";

/** Which part of a list of sessions is asked for. */
export interface SessionPageQuery {
  /** The session that asks. It is the first of the first page. */
  currentId: string;
  /** `next` of the page before. Left out: the first page. */
  cursor?: string | undefined;
  /** 1 to 100. */
  limit?: number | undefined;
}

export interface SessionPage<Listed> {
  sessions: Listed[];
  /** What to ask for as `cursor` to go on; null when there are no more. */
  next: string | null;
  /** How many there are on all pages. */
  total: number;
}

const usualPage = 20;
const largestPage = 100;

/** Of a cursor: the last use and the id of the session that it stands behind. */
export const sessionCursorShape = /^\d{1,16}\.[0-9a-f-]{36}$/;

/**
 * A page of a user's sessions: the one that asks, then the others by their last use, the newest first. A cursor names a place in that
 * order and no number, so that no session is left out when one before it ends. One that is used meanwhile moves to the first page.
 *
 * @param sessions in the order of `createSessionList`
 */
export function pageOfSessions<Listed extends Pick<Session, "id" | "lastSeenAt">>(
  sessions: readonly Listed[],
  { currentId, cursor, limit = usualPage }: SessionPageQuery,
): SessionPage<Listed> {
  const size = Math.min(largestPage, Math.max(1, Math.floor(limit)));
  const current = sessions.filter(({ id }) => id === currentId);
  const others = sessions.filter(({ id }) => id !== currentId);
  const rest = cursor === undefined ? [...current, ...others] : others.filter((one) => isBehind(one, cursor));
  const page = rest.slice(0, size);
  const last = page.at(-1);
  return {
    sessions: page,
    next: rest.length > size && last ? cursorBehind(last, currentId) : null,
    total: sessions.length,
  };
}

/** Behind the session that asks come all others. */
function cursorBehind({ id, lastSeenAt }: Pick<Session, "id" | "lastSeenAt">, currentId: string): string {
  return id === currentId ? `${Number.MAX_SAFE_INTEGER}.${id}` : `${lastSeenAt}.${id}`;
}

function isBehind({ id, lastSeenAt }: Pick<Session, "id" | "lastSeenAt">, cursor: string): boolean {
  const at = cursor.indexOf(".");
  const seenAt = Number(cursor.slice(0, at));
  return lastSeenAt < seenAt || (lastSeenAt === seenAt && id < cursor.slice(at + 1));
}
