import { and, desc, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import { type AnySQLiteColumn, alias } from "drizzle-orm/sqlite-core";
import type { SqliteConnection } from "../connection/connection.ts";
import { files } from "../schema.ts";

interface Times {
  now: number;
  leaseUntil: number;
  leaselessSince: number;
}

interface Room extends Times {
  quotaBytes: number;
}

interface Owner {
  id: string;
  userId: string;
}

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
 * migrated. Quotas hold under any number of concurrent uploads, because room is reserved by one conditional INSERT, and whoever
 * has lost a lease gets room again by one conditional UPDATE.
 */
export function createSqliteFileStore({ client, orm, run }: SqliteConnection) {
  const own = and(eq(files.id, given("id")), eq(files.userId, given("userId")));
  const ready = eq(files.state, "ready");
  const arriving = eq(files.state, "uploading");
  const statements = {
    reserve: orm.insert(files).select(fileWithinQuota()).prepare(),
    renew: orm
      .update(files)
      .set({ leasedUntil: value("leasedUntil") })
      .where(and(own, arriving, hasRoom(sql`${files.sizeBytes}`)))
      .prepare(),
    complete: orm
      .update(files)
      .set({ sizeBytes: value("sizeBytes"), state: "ready", leasedUntil: null })
      .where(and(own, arriving, hasRoom(given("sizeBytes"))))
      .prepare(),
    arriving: orm.select({ id: files.id }).from(files).where(and(own, arriving)).prepare(),
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
    abandoned: orm.select({ id: files.id, userId: files.userId }).from(files).where(isAbandoned()).prepare(),
    removeAbandoned: orm.delete(files).where(and(own, isAbandoned())).prepare(),
    known: orm
      .select({ id: files.id })
      .from(files)
      .where(eq(files.id, given("id")))
      .prepare(),
    used: orm
      .select({ bytes: sumOfSizes() })
      .from(files)
      .where(and(eq(files.userId, given("userId")), holdsRoom(files)))
      .prepare(),
  };
  /** The mark is what tells the feed when (schema.ts); a row that is only deleted goes in silence. */
  const remove = client.transaction((owner: { id: string; userId: string; now: number }) => {
    statements.markRemoved.run(owner);
    return statements.remove.run(owner).changes === 1;
  });

  /** In one step with the statement that changed nothing, or a row may come or go in between: it only says why. */
  const outcomeOf = (changes: number, owner: Owner) => {
    if (changes === 1) return "done";
    return statements.arriving.get({ ...owner }) ? "quota_exceeded" : "gone";
  };

  return {
    reserve: (file: FileRow & { leasedUntil: number }, room: Room) =>
      run(() => (statements.reserve.run({ ...room, ...file }).changes === 1 ? "reserved" : "quota_exceeded")),
    renew: (upload: Owner & { leasedUntil: number }, room: Room) =>
      run(() => outcomeOf(statements.renew.run({ ...room, ...upload }).changes, upload)),
    complete: (file: Owner & { sizeBytes: number }, room: Room) =>
      run(() => outcomeOf(statements.complete.run({ ...room, ...file }).changes, file)),
    list: (userId: string): Promise<FileRow[]> => run(() => statements.list.all({ userId })),
    find: (owner: Owner): Promise<FileRow | undefined> => run(() => statements.find.get({ ...owner })),
    remove: (owner: Owner & { now: number }) => run(() => remove.immediate(owner)),
    abandoned: (times: Times): Promise<Owner[]> => run(() => statements.abandoned.all({ ...times })),
    removeAbandoned: (upload: Owner, times: Times) =>
      run(() => statements.removeAbandoned.run({ ...times, ...upload }).changes === 1),
    isKnown: (id: string) => run(() => statements.known.get({ id }) !== undefined),
    usedBytes: (userId: string, times: Times): Promise<number> =>
      run(() => statements.used.get({ ...times, userId })?.bytes ?? 0),
  } satisfies Record<string, (...args: never[]) => Promise<unknown>>;
}

function sumOfSizes(): SQL<number> {
  return sql<number>`coalesce(sum(${files.sizeBytes}), 0)`;
}

/**
 * Whether a row counts towards the quota: it has arrived, or its upload is under way. A lease that ends later than one that is given
 * now was given by a clock of the future. An upload of the version before has none, and counts for as long as it did there.
 */
function holdsRoom(row: Record<"state" | "leasedUntil" | "createdAt", AnySQLiteColumn>): SQL {
  // Never null, or its opposite would be neither.
  const lease = sql`coalesce(${row.leasedUntil}, 0)`;
  const isLeased = sql`${lease} > ${given("now")} and ${lease} <= ${given("leaseUntil")}`;
  const isOlder = sql`${row.leasedUntil} is null and ${row.createdAt} > ${given("leaselessSince")}`;
  return sql`(${row.state} = 'ready' or (${isLeased}) or (${isOlder}))`;
}

function isAbandoned(): SQL {
  return sql`not ${holdsRoom(files)}`;
}

/** For an upload that goes on: it holds its room, or its owner's other files leave so many bytes for it. */
function hasRoom(sizeBytes: SQL | ReturnType<typeof given>): SQL {
  const other = alias(files, "other");
  const others = sql`(select coalesce(sum(${other.sizeBytes}), 0) from ${files} as "other"
    where ${other.userId} = ${given("userId")} and ${other.id} <> ${given("id")} and ${holdsRoom(other)})`;
  return sql`(${holdsRoom(files)} or ${others} + ${sizeBytes} <= ${given("quotaBytes")})`;
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
    leasedUntil: value("leasedUntil"),
    removedAt: sql`null`,
  };
  const row = sql.join(
    Object.keys(getTableColumns(files)).map((name) => values[name as keyof typeof values]),
    sql`, `,
  );
  const own = sql`${files.userId} = ${given("userId")} and ${holdsRoom(files)}`;
  const used = sql`(select ${sumOfSizes()} from ${files} where ${own})`;
  return sql`select ${row} where ${used} + ${given("sizeBytes")} <= ${given("quotaBytes")}`;
}
