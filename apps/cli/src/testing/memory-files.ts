import type { BlobStore, FileStore, NewFile } from "@watchword/api";
import { AuthError } from "@watchword/auth/core";

/** The facts about files, in the memory of one test server. */
export function createMemoryFiles(): FileStore {
  const rows = new Map<string, NewFile & { arrived: boolean }>();
  const of = (userId: string) => [...rows.values()].filter((row) => row.userId === userId);
  const listed = (userId: string) =>
    of(userId)
      .filter(({ arrived }) => arrived)
      .reverse();
  const used = (userId: string) => of(userId).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const find = ({ id, userId }: { id: string; userId: string }) => {
    const row = rows.get(id);
    return row?.userId === userId ? row : undefined;
  };
  return {
    async reserve(file, { quotaBytes }) {
      if (used(file.userId) + file.sizeBytes > quotaBytes) return "quota_exceeded";
      rows.set(file.id, { ...file, arrived: false });
      return "reserved";
    },
    async complete({ sizeBytes, ...owner }) {
      const row = find(owner);
      if (row) Object.assign(row, { sizeBytes, arrived: true });
      return row ? "done" : "gone";
    },
    list: async (userId) => listed(userId),
    async page({ userId, before, limit }) {
      const all = listed(userId);
      const from = before ? all.findIndex(({ id }) => id === before.id) + 1 : 0;
      return all.slice(from, from + limit);
    },
    count: async (userId) => listed(userId).length,
    async find(owner) {
      const row = find(owner);
      return row?.arrived ? row : undefined;
    },
    remove: async (owner) => find(owner) !== undefined && rows.delete(owner.id),
    renew: async (owner) => (find(owner) ? "done" : "gone"),
    abandoned: async () => [],
    removeAbandoned: async () => false,
    isKnown: async (id) => rows.has(id),
    usedBytes: async (userId) => used(userId),
  };
}

/** The bytes of files, in the memory of one test server. */
export function createMemoryBlobs(): BlobStore {
  const blobs = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    async write(id, content, limitBytes) {
      const bytes = new Uint8Array(
        await new Response(content as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer(),
      );
      if (bytes.length > limitBytes) throw new AuthError("payload_too_large");
      blobs.set(id, bytes);
      return bytes.length;
    },
    has: async (id) => blobs.has(id),
    read: async (id) => {
      const bytes = blobs.get(id);
      return bytes && (new Response(bytes).body as ReadableStream<Uint8Array>);
    },
    remove: async (id) => void blobs.delete(id),
    async *untouchedSince() {},
  };
}
