import type { SqliteConnection } from "./connection.ts";

/** The most answers that are kept: about a kilobyte each. */
export const mostKept = 1_000;

/**
 * Remembers what a read by key said for as long as the database is what it was. Never needed for an answer to be right.
 *
 * Whether it still is what it was, SQLite itself is asked at every call: `data_version` is another number after a commit by any
 * other connection, of this process or of another one, and `total_changes()` after a change by this one. Both are asked before
 * what is kept is looked at, and before anything is read: so nothing that is kept is older than they are. To ask them touches a
 * fraction of the memory that a read touches, which counts more than the work: between two calls all of it has left the
 * processor's caches.
 */
export function rememberUntilChange<Found extends object>(
  { client }: Pick<SqliteConnection, "client">,
  read: (key: string) => Readonly<Found> | undefined,
): (key: string) => Readonly<Found> | undefined {
  const commitsOfOthers = client.prepare<[], number>("PRAGMA data_version").pluck();
  const changesOfOurs = client.prepare<[], number>("SELECT total_changes()").pluck();
  const kept = new Map<string, Readonly<Found>>();
  let others: number | undefined;
  let ours: number | undefined;

  return (key) => {
    const othersNow = commitsOfOthers.get();
    const oursNow = changesOfOurs.get();
    if (othersNow !== others || oursNow !== ours) kept.clear();
    others = othersNow;
    ours = oursNow;
    const before = kept.get(key);
    if (before) return before;
    const found = read(key);
    // What a transaction of ours has changed it may yet take back.
    if (found && !client.inTransaction) {
      if (kept.size >= mostKept) kept.clear();
      kept.set(key, found);
    }
    return found;
  };
}
