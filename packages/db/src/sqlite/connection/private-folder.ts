import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and those above it, one after the other, for their owner only. One that is there already is left as it is.
 * Node's own `recursive` tries for ever where a folder is there in which none can be made, such as `/proc`.
 *
 * @throws {Error} of Node's; `ENOENT` where the file system makes no folders
 */
export function makePrivateFolder(path: string): void {
  const folder = resolve(path);
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makePrivateFolder(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (!isFolder(folder)) throw error; // made by another process meanwhile
  }
}

/** What cannot be looked at is none: making it says why. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
