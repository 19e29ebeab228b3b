import type { CleanupResult, CleanupStore } from "@watchword/auth/core";
import type { SqliteConnection } from "../connection/connection.ts";

/**
 * What clears away, in SQLite. A step looks before it writes: a window in which everything is alive takes no lock at all.
 * The DELETE asks again for itself, because meanwhile anything may have happened.
 *
 * The windows go by the tables' keys. An index by time would be quicker to clear away, and every refresh would have to
 * write it.
 */
export function createSqliteHousekeeping({ client, run }: SqliteConnection): CleanupStore {
  const cleanSessions = prepareSweep<string>(client, {
    table: "sessions",
    key: "id",
    over: "(revoked_at <= ? OR expires_at <= ? OR rotated_at <= ?)",
    greatest: "~", // behind every letter and digit of an id
  });
  const cleanAuditLog = prepareSweep<number>(client, {
    table: "timeline",
    key: "seq",
    over: "at < ?",
    greatest: Number.MAX_SAFE_INTEGER,
  });
  return {
    removeEndedSessions: ({ after, window, endedBefore, idleSince }) =>
      run(() => cleanSessions(after ?? "", window, [endedBefore, endedBefore, idleSince])),
    removeOldAuditEntries: ({ after, window, before }) => run(() => cleanAuditLog(after ?? 0, window, [before])),
  };
}

interface SweepOf<Key> {
  table: string;
  key: string;
  /** What is to go: a condition on a row, with a question mark for each time. */
  over: string;
  /** A key that no row has, and that every row's key is smaller than. */
  greatest: Key;
}

/** The names are ours and no input of anybody's: there is nothing here to inject. */
function prepareSweep<Key extends string | number>(
  client: SqliteConnection["client"],
  { table, key, over, greatest }: SweepOf<Key>,
): (after: Key, window: number, times: readonly number[]) => CleanupResult<Key> {
  const lastOfWindow = client
    .prepare<unknown[], Key>(`SELECT ${key} FROM ${table} WHERE ${key} > ? ORDER BY ${key} LIMIT 1 OFFSET ?`)
    .pluck();
  const inWindow = `${key} > ? AND ${key} <= ? AND ${over}`;
  const found = client.prepare<unknown[]>(`SELECT 1 FROM ${table} WHERE ${inWindow} LIMIT 1`);
  const remove = client.prepare<unknown[]>(`DELETE FROM ${table} WHERE ${inWindow}`);
  return (after, window, times) => {
    const next = lastOfWindow.get(after, window - 1) ?? null;
    const given = [after, next ?? greatest, ...times];
    return { removed: found.get(...given) ? remove.run(...given).changes : 0, next };
  };
}
