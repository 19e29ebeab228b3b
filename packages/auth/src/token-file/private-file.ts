import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { asTokenFileError, codeOf, TokenFileError } from "./token-file-error.ts";

/** Whether the system has owners and modes in the sense of POSIX. */
const hasModes = process.platform !== "win32";
/** A link is not followed, and a pipe is not waited for. Systems without one of these have no such files either. */
const readOnly = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
/** Far above what any number of logins needs. */
const largestBytes = 1024 * 1024;

/**
 * Reads a file that is for its owner's eyes only; undefined when there is none. A file that others could read is closed
 * to them on the spot, and `onRepaired` is called.
 *
 * @throws {TokenFileError} when it is a symbolic link or no file, belongs to another user, or stands where other users can put
 *   another one in its place: its contents may then come from an attacker
 */
export async function readPrivateFile(path: string, onRepaired: () => void): Promise<string | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, readOnly);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") return undefined;
    throw code === "ELOOP" ? new TokenFileError("symbolic_link", path) : asTokenFileError(path, error);
  }
  try {
    await rejectOpenFolder(dirname(path));
    const stats = await handle.stat();
    rejectForeign(path, stats);
    if (hasModes && (stats.mode & 0o077) !== 0) {
      await handle.chmod(0o600);
      onRepaired();
    }
    return await handle.readFile("utf8");
  } catch (error) {
    throw asTokenFileError(path, error);
  } finally {
    await handle.close();
  }
}

/**
 * Replaces a private file (mode 0600, in a folder that is made with mode 0700), all of it or nothing: a reader,
 * also after a crash or a power cut, finds the old text or the new one. A symbolic link is never followed.
 *
 * @throws {TokenFileError} when it cannot be written; the old text stands then
 */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  await writeBeside(path, text, async (arriving) => {
    await rename(arriving, path);
    await syncFolder(dirname(path));
  });
}

/**
 * Finds out whether a private file can be written: makes its folder, and writes another file in it, which is removed.
 *
 * @throws {TokenFileError} when it cannot
 */
export async function tryPrivateFile(path: string): Promise<void> {
  await makePrivateFolder(path);
  await writeBeside(path, "\n", async () => undefined);
}

/** Writes a private file under another name beside its place, for `arrived` to move it there. Leaves nothing else. */
async function writeBeside(path: string, text: string, arrived: (arriving: string) => Promise<void>): Promise<void> {
  const folder = dirname(path);
  const arriving = join(folder, `${arrivingPrefix(path)}${process.pid}-${randomBytes(6).toString("hex")}`);
  try {
    await rejectOpenFolder(folder);
    await rejectLink(path);
    const handle = await open(arriving, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await arrived(arriving);
  } catch (error) {
    throw asTokenFileError(path, error);
  } finally {
    await rm(arriving, { force: true }).catch(() => undefined);
  }
}

/** Makes the folder of a private file, for its owner only. One that is there already is left as it is. */
export async function makePrivateFolder(path: string): Promise<void> {
  try {
    await makeFolder(dirname(resolve(path)));
  } catch (error) {
    throw asTokenFileError(path, error);
  }
}

/**
 * Makes a folder and those above it, one after the other. Node's own `recursive` tries for ever where a folder is there in
 * which none can be made, such as `/proc`, and reports that it is not there.
 */
async function makeFolder(folder: string): Promise<void> {
  const make = () => mkdir(folder, { mode: 0o700 });
  try {
    await make();
  } catch (error) {
    if (await isFolder(folder)) return;
    if (codeOf(error) !== "ENOENT" || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await make().catch(async (rejected) => {
      if (!(await isFolder(folder))) throw rejected; // made by another process meanwhile
    });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** Removes what writers that were killed have left beside a file. Only for the one writer. */
export async function removeUnfinished(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder).catch(() => [])) {
    if (name.startsWith(arrivingPrefix(path))) await rm(join(folder, name), { force: true });
  }
}

function arrivingPrefix(path: string): string {
  return `.${basename(path)}.arriving-`;
}

/** Others who may write to the folder could put a login of their own there, and receive what is uploaded next. */
async function rejectOpenFolder(folder: string): Promise<void> {
  if (!hasModes) return;
  const { mode } = await stat(folder);
  const sticky = (mode & 0o1000) !== 0;
  if ((mode & 0o022) === 0 || sticky) return;
  throw new TokenFileError("folder_open_to_others", folder);
}

async function rejectLink(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isSymbolicLink()) throw new TokenFileError("symbolic_link", path);
  if (stats) rejectForeign(path, stats);
}

function rejectForeign(path: string, stats: Stats): void {
  if (!stats.isFile() || stats.size > largestBytes) throw new TokenFileError("not_a_token_file", path);
  if (hasModes && stats.uid !== process.getuid?.()) throw new TokenFileError("belongs_to_another_user", path);
}

/** Makes the renaming itself last through a power cut, where the system can do that. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
