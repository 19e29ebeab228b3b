import { and, desc, eq, lte, sql } from "drizzle-orm";
import { changes } from "../schema.ts";
import { given, type Orm } from "./placeholders.ts";

/** How many changes of a user are kept. */
export const keptChanges = 200;

export type AppendChange = (change: Omit<typeof changes.$inferInsert, "seq">) => void;

/** Writes a change into the feed and removes the one that it pushes out. Runs in the transaction of the change itself. */
export function prepareChangeAppend(orm: Orm): AppendChange {
  const own = eq(changes.userId, given("userId"));
  const newest = orm.select({ seq: changes.seq }).from(changes).where(own).orderBy(desc(changes.seq));
  const insert = orm
    .insert(changes)
    .values({
      userId: given("userId"),
      kind: given("kind"),
      subjectId: given("subjectId"),
      createdAt: given("createdAt"),
    })
    .prepare();
  const trim = orm
    .delete(changes)
    .where(and(own, lte(changes.seq, sql`(${newest.limit(1).offset(keptChanges)})`)))
    .prepare();
  return (change) => {
    insert.run({ ...change });
    trim.run({ userId: change.userId });
  };
}
