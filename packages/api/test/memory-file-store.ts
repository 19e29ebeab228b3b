import type { FilePlace, FileStore, NewFile, UploadTimes } from "../src/file-store.ts";

type Row = NewFile & { ready: boolean };

/** Facts about files in memory, for one test at a time: what the SQLite store does is tested where it lives. */
export function createMemoryFileStore(): FileStore {
  const rows = new Map<string, Row>();
  const own = ({ id, userId }: { id: string; userId: string }) => {
    const row = rows.get(id);
    return row?.userId === userId ? row : undefined;
  };
  const countsTowardsQuota = ({ ready, leasedUntil }: Row, { now, leaseUntil }: UploadTimes) =>
    ready || (leasedUntil > now && leasedUntil <= leaseUntil);
  const used = (userId: string, times: UploadTimes, but?: Row) =>
    [...rows.values()]
      .filter((row) => row.userId === userId && row !== but && countsTowardsQuota(row, times))
      .reduce((sum, row) => sum + row.sizeBytes, 0);
  const listed = (userId: string) =>
    [...rows.values()].filter((row) => row.userId === userId && row.ready).sort((a, b) => (isBehind(a, b) ? 1 : -1));
  return {
    reserve: async (file, quota) => {
      if (used(file.userId, quota) + file.sizeBytes > quota.quotaBytes) return "quota_exceeded";
      rows.set(file.id, { ...file, ready: false });
      return "reserved";
    },
    renew: async ({ leasedUntil, ...owner }, quota) => {
      const row = own(owner);
      if (!row || row.ready) return "gone";
      if (!countsTowardsQuota(row, quota) && used(row.userId, quota, row) + row.sizeBytes > quota.quotaBytes)
        return "quota_exceeded";
      row.leasedUntil = leasedUntil;
      return "done";
    },
    complete: async ({ sizeBytes, ...owner }, quota) => {
      const row = own(owner);
      if (!row || row.ready) return "gone";
      if (!countsTowardsQuota(row, quota) && used(row.userId, quota, row) + sizeBytes > quota.quotaBytes)
        return "quota_exceeded";
      Object.assign(row, { sizeBytes, ready: true });
      return "done";
    },
    list: async (userId) => listed(userId),
    page: async ({ userId, before, limit }) =>
      listed(userId)
        .filter((row) => !before || isBehind(row, before))
        .slice(0, limit),
    count: async (userId) => listed(userId).length,
    find: async (owner) => (own(owner)?.ready ? own(owner) : undefined),
    remove: async (owner) => own(owner) !== undefined && rows.delete(owner.id),
    abandoned: async (times) => [...rows.values()].filter((row) => !countsTowardsQuota(row, times)),
    removeAbandoned: async (upload, times) => {
      const row = own(upload);
      return row !== undefined && !countsTowardsQuota(row, times) && rows.delete(upload.id);
    },
    isKnown: async (id) => rows.has(id),
    usedBytes: async (userId, times) => used(userId, times),
  };
}

function isBehind(file: FilePlace, before: FilePlace): boolean {
  return file.createdAt < before.createdAt || (file.createdAt === before.createdAt && file.id < before.id);
}
