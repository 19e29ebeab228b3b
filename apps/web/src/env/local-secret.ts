import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePrivateFolder } from "@watchword/db/sqlite";

/**
 * The secret of an app that only this machine reaches: made at the first start and kept, so that a restart logs no user
 * out. Of several processes that start at once, all get the same one: linking a finished file into place is atomic, and
 * fails where there is one already.
 *
 * @param folder is made, readable by its owner only, when it is not there
 */
export function localSecret(folder: string): string {
  const path = join(folder, "auth-secret");
  const mine = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  makePrivateFolder(folder);
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    // Node leaves the path out where a folder is read as a file.
    if (!hasCode(error, "ENOENT")) throw Object.assign(error as Error, { path });
  }
  writeFileSync(mine, `${randomBytes(48).toString("base64url")}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(mine, path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    rmSync(mine, { force: true });
  }
  return readFileSync(path, "utf8").trim();
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
