import { and, asc, eq, gt, max, sql } from "drizzle-orm";
import type { SqliteConnection } from "../connection/connection.ts";
import { changes } from "../schema.ts";
import { keptChanges } from "./change-append.ts";

/**
 * The feed of changes in SQLite: what the app's `ChangeFeed` port asks for. The stores of all processes write it
 * (`change-append.ts`), each entry in the transaction of its change. Both statements read by an index; the common one, which
 * finds nothing new, costs tens of microseconds.
 */
export function createSqliteChangeFeed({ orm, read }: SqliteConnection) {
  const own = eq(changes.userId, sql.placeholder("userId"));
  const statements = {
    newest: orm
      .select({ seq: max(changes.seq) })
      .from(changes)
      .where(own)
      .prepare(),
    after: orm
      .select({ seq: changes.seq, kind: changes.kind, subjectId: changes.subjectId, createdAt: changes.createdAt })
      .from(changes)
      .where(and(own, gt(changes.seq, sql.placeholder("seq"))))
      .orderBy(asc(changes.seq))
      .limit(keptChanges)
      .prepare(),
  };

  return {
    newest: (userId: string): Promise<number> => read(() => statements.newest.get({ userId })?.seq ?? 0),
    changesAfter: (userId: string, seq: number) =>
      read(() => {
        const found = statements.after.all({ userId, seq });
        // All that is kept is new: there may have been more.
        return found.length < keptChanges ? found : ("forgotten" as const);
      }),
  };
}
