import { accessSync, constants } from "node:fs";
import { AuthError, ConfigError } from "@watchword/auth/core";
import { DatabaseOpenError, makePrivateFolder, type OpenProblem, waitForSqlite } from "@watchword/db/sqlite";
import type { Env } from "../env/env.ts";

/** Why a start failed and what to do about it: a sentence, or a line for each setting that cannot be right. */
export function startFailure(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof DatabaseOpenError) return `${error.message}. ${databaseRemedies[error.problem]}`;
  if (error instanceof AuthError) return error.cause === undefined ? error.message : startFailure(error.cause);
  return systemFailure(error as NodeJS.ErrnoException) ?? `An unexpected ${nameOf(error)}. Report it`;
}

const databaseRemedies: Record<OpenProblem, string> = {
  is_a_folder: "Set DATABASE_URL to file: and the path of a file",
  not_a_database: "Set DATABASE_URL to another path, or move this file away",
  damaged: "Restore it from a backup (docs/operations.md)",
  read_only: "Let the user that runs Watchword write to the file and its folder",
  disk_full: "Make room, and start again",
  locked: "End what holds the lock, such as a backup, and start again",
  unreadable: "Let the user that runs Watchword read and write the file and its folder",
  other_schema: "Start the version that made it, restore a backup, or set DATABASE_URL to another path",
  newer_version: "Start that version, or restore a backup of before",
};

/** What the operating system rejected, by its code. */
function systemFailure({ code, path, syscall, address, port }: NodeFailure): string | undefined {
  if (syscall === "listen" || syscall === "bind")
    return listenFailure(code, `${address ?? "all addresses"}, port ${port}`);
  const at = path ?? "A file or folder";
  if (syscall === "mkdir" && code === "ENOENT")
    return `${at}: no folder can be made there. Set DATABASE_URL and UPLOAD_DIR to other paths`;
  switch (code) {
    case "EACCES":
    case "EPERM":
      return `${at}: access is denied. Let the user that runs Watchword read and write it`;
    case "ENOTDIR":
    case "EEXIST":
      return `${at}: this has to be a folder, and is a file. Move the file away, or set DATABASE_URL and UPLOAD_DIR to other paths`;
    case "EISDIR":
      return `${at}: this has to be a file, and is a folder. Move the folder away`;
    case "EROFS":
      return `${at}: this is on a file system that is read-only. Set DATABASE_URL and UPLOAD_DIR to paths that can be written to`;
    case "ENOSPC":
    case "EDQUOT":
      return `${at}: there is no room left on the disk. Make room, and start again`;
    case "ENOENT":
      return `${at}: this does not exist. Run npm start, or install and build again`;
    case "EMFILE":
    case "ENFILE":
      return "Too many files are open. Raise the limit (ulimit -n), and start again";
    default:
      return undefined;
  }
}

type NodeFailure = NodeJS.ErrnoException & { address?: string; port?: number };

function listenFailure(code: string | undefined, place: string): string | undefined {
  switch (code) {
    case "EADDRINUSE":
      return `${place}: the port is in use. End what uses it, or set PORT`;
    case "EACCES":
      return `${place}: this user may not listen there. Set PORT to 1024 or more`;
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
      return `${place}: this machine does not have the address. Set LISTEN_ADDRESS to one that it has`;
    default:
      return undefined;
  }
}

/** Without its message: a library's may quote what was typed. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return "failure";
  const code = "code" in error ? ` ${String(error.code)}` : "";
  const place = error.stack?.split("\n").find((line) => /^\s+at /.test(line));
  return `${error.name}${code}${place === undefined ? "" : ` ${place.trim().slice(0, 200)}`}`;
}

/** Waits for a database that another process has locked, and says so on standard error. */
export async function waitForDatabase({
  databaseFile: file,
  migrationsFolder,
  databaseWaitSeconds,
}: Env): Promise<void> {
  const onWait = (waitedMs: number) =>
    void process.stderr.write(
      `Watchword waits for ${file}: another process has locked it (${Math.floor(waitedMs / 1000)} of ${databaseWaitSeconds} s)\n`,
    );
  await waitForSqlite({ file, migrationsFolder, waitMs: databaseWaitSeconds * 1000, onWait });
}

/** Makes the folder of uploads, so that a start and not the first upload finds that it cannot be written to. */
export function prepareFolder(folder: string): void {
  makePrivateFolder(folder);
  accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
}
