import type { CleanupResult, CleanupStore } from "@watchword/auth/core";
import type { SqliteConnection } from "../connection/connection.ts";

/**
 * The cleanup, in SQLite. A step reads before it writes: a window in which everything is alive takes no lock at all. The
 * DELETE repeats the condition, because another process may have written meanwhile.
 *
 * The windows go by the tables' keys. An index by time would make the cleanup quicker, and every refresh would have to
 * write it.
 */
export function createSqliteCleanupStore(connection: SqliteConnection): CleanupStore {
  const cleanSessions = prepareCleanupStep<string>(connection, {
    table: "sessions",
    key: "id",
    over: "(revoked_at <= ? OR expires_at <= ? OR rotated_at <= ?)",
    greatest: "~", // behind every letter and digit of an id
  });
  const cleanAuditLog = prepareCleanupStep<number>(connection, {
    table: "timeline",
    key: "seq",
    over: "at < ?",
    greatest: Number.MAX_SAFE_INTEGER,
  });
  return {
    removeEndedSessions: ({ after, window, endedBefore, idleSince }) =>
      cleanSessions(after ?? "", window, [endedBefore, endedBefore, idleSince]),
    removeOldAuditEntries: ({ after, window, before }) => cleanAuditLog(after ?? 0, window, [before]),
  };
}

interface CleanupStepOf<Key> {
  table: string;
  key: string;
  /** What is removed: a condition on a row, with a question mark for each time. */
  over: string;
  /** A key that no row has, and that every row's key is smaller than. */
  greatest: Key;
}

/** The names are constants of this file and no input: there is nothing here to inject. */
function prepareCleanupStep<Key extends string | number>(
  { client, read, write }: SqliteConnection,
  { table, key, over, greatest }: CleanupStepOf<Key>,
): (after: Key, window: number, times: readonly number[]) => Promise<CleanupResult<Key>> {
  const lastOfWindow = client
    .prepare<unknown[], Key>(`SELECT ${key} FROM ${table} WHERE ${key} > ? ORDER BY ${key} LIMIT 1 OFFSET ?`)
    .pluck();
  const inWindow = `${key} > ? AND ${key} <= ? AND ${over}`;
  const found = client.prepare<unknown[]>(`SELECT 1 FROM ${table} WHERE ${inWindow} LIMIT 1`);
  const remove = client.prepare<unknown[]>(`DELETE FROM ${table} WHERE ${inWindow}`);
  return async (after, window, times) => {
    const { next, given, isFound } = await read(() => {
      const next = lastOfWindow.get(after, window - 1) ?? null;
      const given = [after, next ?? greatest, ...times];
      return { next, given, isFound: found.get(...given) !== undefined };
    });
    return { removed: isFound ? await write(() => remove.run(...given).changes) : 0, next };
  };
}
