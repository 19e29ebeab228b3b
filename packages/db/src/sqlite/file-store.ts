import { and, desc, eq, getTableColumns, lt, type SQL, sql } from "drizzle-orm";
import type { SqliteConnection } from "./connection.ts";
import { files } from "./schema.ts";

interface FileRow {
  id: string;
  userId: string;
  name: string;
  contentType: string;
  sizeBytes: number;
  createdAt: number;
}

const given = (name: string) => sql.placeholder(name);
const value = (name: string): SQL => sql`${sql.placeholder(name)}`;
const columns = {
  id: files.id,
  userId: files.userId,
  name: files.name,
  contentType: files.contentType,
  sizeBytes: files.sizeBytes,
  createdAt: files.createdAt,
};

/**
 * The facts about uploaded files in SQLite: what the app's `FileStore` port asks for. The database must have been
 * migrated. Quotas hold under any number of concurrent uploads, because room is reserved by one conditional INSERT.
 */
export function createSqliteFileStore({ client, orm, run }: SqliteConnection) {
  const own = and(eq(files.id, given("id")), eq(files.userId, given("userId")));
  const ready = eq(files.state, "ready");
  const statements = {
    reserve: orm.insert(files).select(fileWithinQuota()).prepare(),
    complete: orm
      .update(files)
      .set({ sizeBytes: value("sizeBytes"), state: "ready" })
      .where(and(own, eq(files.state, "uploading")))
      .prepare(),
    list: orm
      .select(columns)
      .from(files)
      .where(and(eq(files.userId, given("userId")), ready))
      .orderBy(desc(files.createdAt), desc(files.id))
      .prepare(),
    find: orm.select(columns).from(files).where(and(own, ready)).prepare(),
    markRemoved: orm
      .update(files)
      .set({ removedAt: value("now") })
      .where(own)
      .prepare(),
    remove: orm.delete(files).where(own).prepare(),
    abandoned: orm
      .select({ id: files.id, userId: files.userId })
      .from(files)
      .where(and(eq(files.state, "uploading"), lt(files.createdAt, given("before"))))
      .prepare(),
    known: orm
      .select({ id: files.id })
      .from(files)
      .where(eq(files.id, given("id")))
      .prepare(),
    used: orm
      .select({ bytes: usedBytes() })
      .from(files)
      .where(eq(files.userId, given("userId")))
      .prepare(),
  };
  /** The mark is what tells the feed when (schema.ts); a row that is only deleted goes in silence. */
  const remove = client.transaction((owner: { id: string; userId: string; now: number }) => {
    statements.markRemoved.run(owner);
    return statements.remove.run(owner).changes === 1;
  });

  return {
    reserve: (file: FileRow, quotaBytes: number) =>
      run(() => (statements.reserve.run({ ...file, quotaBytes }).changes === 1 ? "reserved" : "quota_exceeded")),
    complete: (file: { id: string; userId: string; sizeBytes: number }) =>
      run(() => statements.complete.run(file).changes === 1),
    list: (userId: string): Promise<FileRow[]> => run(() => statements.list.all({ userId })),
    find: (owner: { id: string; userId: string }): Promise<FileRow | undefined> =>
      run(() => statements.find.get(owner)),
    remove: (owner: { id: string; userId: string; now: number }) => run(() => remove.immediate(owner)),
    abandoned: (before: number) => run(() => statements.abandoned.all({ before })),
    isKnown: (id: string) => run(() => statements.known.get({ id }) !== undefined),
    usedBytes: (userId: string): Promise<number> => run(() => statements.used.get({ userId })?.bytes ?? 0),
  } satisfies Record<string, (...args: never[]) => Promise<unknown>>;
}

function usedBytes(): SQL<number> {
  return sql<number>`coalesce(sum(${files.sizeBytes}), 0)`;
}

/** The new row, as a SELECT that is empty when the user's files, those still arriving too, would outgrow the quota. */
function fileWithinQuota(): SQL {
  const values: Record<keyof typeof files.$inferInsert, SQL> = {
    id: value("id"),
    userId: value("userId"),
    name: value("name"),
    contentType: value("contentType"),
    sizeBytes: value("sizeBytes"),
    state: sql`'uploading'`,
    createdAt: value("createdAt"),
    leasedUntil: sql`null`,
    removedAt: sql`null`,
  };
  const row = sql.join(
    Object.keys(getTableColumns(files)).map((name) => values[name as keyof typeof values]),
    sql`, `,
  );
  const used = sql`(select ${usedBytes()} from ${files} where ${files.userId} = ${given("userId")})`;
  return sql`select ${row} where ${used} + ${given("sizeBytes")} <= ${given("quotaBytes")}`;
}
