import type { FileOutput } from "@watchword/api";
import type { Command } from "../command.ts";

interface AllFiles {
  /** Newest first. */
  files: FileOutput[];
  usedBytes: number;
  quotaBytes: number;
  maxFileBytes: number;
}

/** Every file of the user, page by page. */
export async function allFiles({ api, loggedIn }: Command["connection"]): Promise<AllFiles> {
  const first = await loggedIn(() => api.files.list.query());
  const files = [...first.files];
  for (let { nextCursor } = first; nextCursor !== null; ) {
    const cursor = nextCursor;
    const page = await loggedIn(() => api.files.list.query({ cursor }));
    files.push(...page.files);
    ({ nextCursor } = page);
  }
  const { usedBytes, quotaBytes, maxFileBytes } = first;
  return { files, usedBytes, quotaBytes, maxFileBytes };
}
