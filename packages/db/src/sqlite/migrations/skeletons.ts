import { usernameSkeleton } from "@watchword/auth/core";
import type { SqliteConnection } from "../connection/connection.ts";

/** So many rows in one transaction, so that another writer waits for milliseconds. */
const step = 500;

/**
 * Gives their skeleton to usernames that have none: those from before migration 0007, and those that the version before this
 * one has written since. SQL cannot make it. Where two look alike, the older one gets it; the younger keeps its name and
 * stays without, because a rule that came later takes no account away.
 *
 * Reads by the index, in the order in which the rows were made, and takes the write lock only where there is one to give.
 */
export function fillSkeletons(client: SqliteConnection["client"]): void {
  const has = client.prepare(`SELECT 1 FROM pragma_table_info('users') WHERE name = 'username_skeleton'`);
  if (!has.get()) return; // the migrations of an earlier version
  const without = client.prepare<[number, number], Row>(
    `SELECT rowid, id, username FROM users WHERE username_skeleton IS NULL AND rowid > ? ORDER BY rowid LIMIT ?`,
  );
  const taken = client.prepare<[string], unknown>(`SELECT 1 FROM users WHERE username_skeleton = ?`);
  const give = client.prepare<[string, string], unknown>(
    `UPDATE OR IGNORE users SET username_skeleton = ? WHERE id = ? AND username_skeleton IS NULL`,
  );
  const giveAll = client.transaction((rows: Array<{ id: string; skeleton: string }>) => {
    for (const { id, skeleton } of rows) give.run(skeleton, id);
  });
  for (let rows = without.all(0, step); rows.length > 0; rows = without.all(rows.at(-1)?.rowid ?? 0, step)) {
    const skeletons = rows.map(({ id, username }) => ({ id, skeleton: usernameSkeleton(username) }));
    const free = skeletons.filter(({ skeleton }) => !taken.get(skeleton));
    if (free.length > 0) giveAll.immediate(free);
  }
}

interface Row {
  rowid: number;
  id: string;
  username: string;
}
