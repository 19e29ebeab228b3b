import type { AppData } from "@watchword/auth/core";
import { type FilesOptions, toFileOutput } from "./files.ts";

/**
 * The files of a user, for their export, and for the end of their account. Their rows go with the account's, at one stroke; then
 * their bytes. One whose bytes cannot be removed is not in the way of the others.
 */
export function createFilesData({ files, blobs }: Pick<FilesOptions, "files" | "blobs">): AppData {
  return {
    describe: async (userId) => ({ files: (await files.list(userId)).map(toFileOutput) }),
    async forget(userId) {
      const owned = await files.list(userId);
      return async () => {
        const removed = await Promise.allSettled(owned.map(({ id }) => blobs.remove(id)));
        const failed = removed.find((one) => one.status === "rejected");
        if (failed) throw failed.reason;
      };
    },
  };
}
