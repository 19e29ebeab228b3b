import { and, desc, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import { type AnySQLiteColumn, alias } from "drizzle-orm/sqlite-core";
import type { SqliteConnection } from "../connection/connection.ts";
import { files } from "../schema.ts";
import { type AppendChange, prepareChangeAppend } from "./change-append.ts";
import { given, type Orm, value } from "./placeholders.ts";

interface Times {
  now: number;
  leaseUntil: number;
  leaselessSince: number;
}

interface FileQuota extends Times {
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

interface FilePage {
  userId: string;
  before?: Pick<FileRow, "createdAt" | "id"> | undefined;
  limit: number;
}

/** Behind this place come all files, without a statement of its own. */
const end = { createdAt: Number.MAX_SAFE_INTEGER, id: "" };

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
 * migrated. Quotas hold under any number of concurrent uploads, because one conditional INSERT reserves the bytes, and an
 * upload that has lost its lease gets them again by one conditional UPDATE.
 */
export function createSqliteFileStore({ orm, read, write }: SqliteConnection) {
  const reads = prepareFileReads(orm);
  const writes = prepareFileWrites(orm);
  const appendChange = prepareChangeAppend(orm);
  const complete = completion(reads, writes, appendChange);
  const remove = removal(writes, appendChange);
  return {
    reserve: (file: FileRow & { leasedUntil: number }, quota: FileQuota) =>
      write(() => (writes.reserve.run({ ...quota, ...file }).changes === 1 ? "reserved" : "quota_exceeded")),
    renew: (upload: Owner & { leasedUntil: number }, quota: FileQuota) =>
      write(() => (writes.renew.run({ ...quota, ...upload }).changes === 1 ? "done" : whyNot(reads, upload))),
    complete: (file: Owner & { sizeBytes: number }, quota: FileQuota) => write(() => complete(file, quota)),
    list: (userId: string): Promise<FileRow[]> => read(() => reads.list.all({ userId })),
    page: ({ userId, before = end, limit }: FilePage): Promise<FileRow[]> =>
      read(() => reads.page.all({ userId, beforeAt: before.createdAt, beforeId: before.id, limit })),
    count: (userId: string): Promise<number> => read(() => reads.count.get({ userId })?.files ?? 0),
    find: (owner: Owner): Promise<FileRow | undefined> => read(() => reads.find.get({ ...owner })),
    remove: (owner: Owner & { now: number }) => write(() => remove(owner)),
    abandoned: (times: Times): Promise<Owner[]> => read(() => reads.abandoned.all({ ...times })),
    removeAbandoned: (upload: Owner, times: Times) =>
      write(() => writes.removeAbandoned.run({ ...times, ...upload }).changes === 1),
    isKnown: (id: string) => read(() => reads.known.get({ id }) !== undefined),
    usedBytes: (userId: string, times: Times): Promise<number> =>
      read(() => reads.used.get({ ...times, userId })?.bytes ?? 0),
  } satisfies Record<string, (...args: never[]) => Promise<unknown>>;
}

/** A file that has arrived is a change, at the time at which its upload began. */
function completion(reads: FileReads, { complete }: FileWrites, appendChange: AppendChange) {
  return (file: Owner & { sizeBytes: number }, quota: FileQuota) => {
    const completed = complete.get({ ...quota, ...file });
    if (!completed) return whyNot(reads, file);
    appendChange({ ...completed, kind: "file_added", subjectId: file.id });
    return "done";
  };
}

/** A file that is removed is a change; an upload that goes away unfinished is none. */
function removal({ remove }: FileWrites, appendChange: AppendChange) {
  return ({ now, ...owner }: Owner & { now: number }): boolean => {
    const removed = remove.get(owner);
    if (removed?.state === "ready") {
      appendChange({ userId: owner.userId, kind: "file_removed", subjectId: owner.id, createdAt: now });
    }
    return removed !== undefined;
  };
}

/** In one step with the statement that changed nothing, or a row may come or go in between. */
function whyNot({ arriving }: FileReads, { id, userId }: Owner): "quota_exceeded" | "gone" {
  return arriving.get({ id, userId }) ? "quota_exceeded" : "gone";
}

const ofUser = eq(files.userId, given("userId"));
const own = and(eq(files.id, given("id")), ofUser);
const ready = eq(files.state, "ready");
const arriving = eq(files.state, "uploading");

type FileReads = ReturnType<typeof prepareFileReads>;

function prepareFileReads(orm: Orm) {
  return {
    arriving: orm.select({ id: files.id }).from(files).where(and(own, arriving)).prepare(),
    list: orm
      .select(columns)
      .from(files)
      .where(and(ofUser, ready))
      .orderBy(desc(files.createdAt), desc(files.id))
      .prepare(),
    page: orm
      .select(columns)
      .from(files)
      .where(and(ofUser, ready, sql`(${files.createdAt}, ${files.id}) < (${given("beforeAt")}, ${given("beforeId")})`))
      .orderBy(desc(files.createdAt), desc(files.id))
      .limit(given("limit"))
      .prepare(),
    count: orm.select({ files: sql<number>`count(*)` }).from(files).where(and(ofUser, ready)).prepare(),
    find: orm.select(columns).from(files).where(and(own, ready)).prepare(),
    abandoned: orm.select({ id: files.id, userId: files.userId }).from(files).where(isAbandoned()).prepare(),
    known: orm
      .select({ id: files.id })
      .from(files)
      .where(eq(files.id, given("id")))
      .prepare(),
    used: orm
      .select({ bytes: sumOfSizes() })
      .from(files)
      .where(and(eq(files.userId, given("userId")), countsTowardsQuota(files)))
      .prepare(),
  };
}

type FileWrites = ReturnType<typeof prepareFileWrites>;

function prepareFileWrites(orm: Orm) {
  return {
    reserve: orm.insert(files).select(fileWithinQuota()).prepare(),
    renew: orm
      .update(files)
      .set({ leasedUntil: value("leasedUntil") })
      .where(and(own, arriving, fitsQuota(sql`${files.sizeBytes}`)))
      .prepare(),
    complete: orm
      .update(files)
      .set({ sizeBytes: value("sizeBytes"), state: "ready", leasedUntil: null })
      .where(and(own, arriving, fitsQuota(given("sizeBytes"))))
      .returning({ userId: files.userId, createdAt: files.createdAt })
      .prepare(),
    remove: orm.delete(files).where(own).returning({ state: files.state }).prepare(),
    removeAbandoned: orm.delete(files).where(and(own, isAbandoned())).prepare(),
  };
}

function sumOfSizes(): SQL<number> {
  return sql<number>`coalesce(sum(${files.sizeBytes}), 0)`;
}

/**
 * Whether a row counts towards the quota: it has arrived, or its upload is under way. A lease that ends later than one that is given
 * now was given by a clock of the future. An upload of the version before has none, and counts for as long as it did there.
 */
function countsTowardsQuota(row: Record<"state" | "leasedUntil" | "createdAt", AnySQLiteColumn>): SQL {
  // Never null, or its opposite would be neither.
  const lease = sql`coalesce(${row.leasedUntil}, 0)`;
  const isLeased = sql`${lease} > ${given("now")} and ${lease} <= ${given("leaseUntil")}`;
  const isOlder = sql`${row.leasedUntil} is null and ${row.createdAt} > ${given("leaselessSince")}`;
  return sql`(${row.state} = 'ready' or (${isLeased}) or (${isOlder}))`;
}

function isAbandoned(): SQL {
  return sql`not ${countsTowardsQuota(files)}`;
}

/** For an upload that goes on: it holds its bytes, or its owner's other files leave so many bytes for it. */
function fitsQuota(sizeBytes: SQL | ReturnType<typeof given>): SQL {
  const other = alias(files, "other");
  const others = sql`(select coalesce(sum(${other.sizeBytes}), 0) from ${files} as "other"
    where ${other.userId} = ${given("userId")} and ${other.id} <> ${given("id")} and ${countsTowardsQuota(other)})`;
  return sql`(${countsTowardsQuota(files)} or ${others} + ${sizeBytes} <= ${given("quotaBytes")})`;
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
  const own = sql`${files.userId} = ${given("userId")} and ${countsTowardsQuota(files)}`;
  const used = sql`(select ${sumOfSizes()} from ${files} where ${own})`;
  return sql`select ${row} where ${used} + ${given("sizeBytes")} <= ${given("quotaBytes")}`;
}
