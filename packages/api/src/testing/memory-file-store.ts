import type { FileStore, NewFile } from "../file-store.ts";

/** Facts about files in memory: what the SQLite store does is tested where it lives. */
export function createMemoryFileStore(): FileStore {
  const rows = new Map<string, NewFile & { ready: boolean }>();
  const own = ({ id, userId }: { id: string; userId: string }) => {
    const row = rows.get(id);
    return row?.userId === userId ? row : undefined;
  };
  const used = (userId: string) =>
    [...rows.values()].filter((row) => row.userId === userId).reduce((sum, row) => sum + row.sizeBytes, 0);
  return {
    reserve: async (file, quotaBytes) => {
      if (used(file.userId) + file.sizeBytes > quotaBytes) return "quota_exceeded";
      rows.set(file.id, { ...file, ready: false });
      return "reserved";
    },
    complete: async ({ sizeBytes, ...owner }) => {
      const row = own(owner);
      if (row) Object.assign(row, { sizeBytes, ready: true });
      return row !== undefined;
    },
    list: async (userId) => [...rows.values()].filter((row) => row.userId === userId && row.ready),
    find: async (owner) => (own(owner)?.ready ? own(owner) : undefined),
    remove: async (owner) => own(owner) !== undefined && rows.delete(owner.id),
    abandoned: async (before) => [...rows.values()].filter((row) => !row.ready && row.createdAt < before),
    isKnown: async (id) => rows.has(id),
    usedBytes: async (userId) => used(userId),
  };
}
