import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf, Failure } from "./failure.ts";

/** Whether the system has owners and modes in the sense of POSIX. */
const hasModes = process.platform !== "win32";
/** A link is not followed, and a pipe is not waited for. Systems without one of these have no such files either. */
const readOnly = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
/** Far above what any number of logins needs. */
const largestBytes = 1024 * 1024;

/**
 * Reads a file that is for its owner's eyes only; undefined when there is none. A file that others could read is closed
 * to them on the spot, and `onRepaired` is told.
 *
 * @throws {Failure} when it is a symbolic link or no file, belongs to somebody else, or stands where others can put
 *   another one in its place: then it may say what somebody else wants it to say
 */
export async function readPrivateFile(path: string, onRepaired: () => void): Promise<string | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, readOnly);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") return undefined;
    throw code === "ELOOP" ? isLink(path) : unusable(path, error);
  }
  try {
    await refuseOpenFolder(dirname(path));
    const stats = await handle.stat();
    refuseForeign(path, stats);
    if (hasModes && (stats.mode & 0o077) !== 0) {
      await handle.chmod(0o600);
      onRepaired();
    }
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

/**
 * Replaces a private file (mode 0600, in a folder that is made with mode 0700), all of it or nothing: whoever reads it,
 * and whoever comes after a crash or a power cut, finds the old text or the new one. A symbolic link is never followed.
 *
 * @throws {Failure} when it cannot be written; the old text stands then
 */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  const arriving = join(folder, `${arrivingPrefix(path)}${process.pid}-${randomBytes(6).toString("hex")}`);
  try {
    await refuseOpenFolder(folder);
    await refuseLink(path);
    const handle = await open(arriving, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(arriving, path);
    await syncFolder(folder);
  } catch (error) {
    await rm(arriving, { force: true }).catch(() => undefined);
    throw error instanceof Failure ? error : unusable(path, error);
  }
}

/** Makes the folder of a private file, for its owner only. One that is there already is left as it is. */
export async function makePrivateFolder(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusable(path, error);
  }
}

/** Removes what writers that were killed have left beside a file. Only for whoever is the only writer. */
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
async function refuseOpenFolder(folder: string): Promise<void> {
  if (!hasModes) return;
  const { mode } = await stat(folder);
  const sticky = (mode & 0o1000) !== 0;
  if ((mode & 0o022) === 0 || sticky) return;
  throw new Failure(`Others can change what is in the folder "${folder}"`, {
    reason: "token_file_unsafe",
    next: `Close it to them: chmod go-w "${folder}"`,
  });
}

async function refuseLink(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isSymbolicLink()) throw isLink(path);
  if (stats) refuseForeign(path, stats);
}

function refuseForeign(path: string, stats: Stats): void {
  const options = { reason: "token_file_unsafe", next: "Name another file in WATCHWORD_TOKEN_FILE" };
  if (!stats.isFile() || stats.size > largestBytes) throw new Failure(`"${path}" is not a file of logins`, options);
  if (hasModes && stats.uid !== process.getuid?.()) throw new Failure(`"${path}" belongs to another user`, options);
}

function isLink(path: string): Failure {
  return new Failure(`"${path}" is a symbolic link, which is not followed with tokens in hand`, {
    reason: "token_file_unsafe",
    next: "Name the file itself in WATCHWORD_TOKEN_FILE, or remove the link",
  });
}

function unusable(path: string, cause: unknown): Failure {
  return new Failure(`The file of logins cannot be used (${codeOf(cause) ?? "unknown cause"}): "${path}"`, {
    reason: "token_file_unusable",
    next: "See to its folder and the room on the disk, or name another file in WATCHWORD_TOKEN_FILE",
    cause,
  });
}

/** Makes the renaming itself last through a power cut, where the system can do that. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
