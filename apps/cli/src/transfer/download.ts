import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { link, lstat, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { codeOf } from "@watchword/auth/token-file";
import { CliError } from "../cli-error.ts";

export interface SaveOptions {
  path: string;
  /** Replaces what is there. */
  force: boolean;
  expectedBytes: number;
  signal: AbortSignal;
}

/**
 * Saves a stream as a file, completely or not at all: it is written under a temporary name, and renamed when it is complete.
 *
 * @throws {CliError} when the connection breaks, when the path exists, or when the file cannot be written
 */
export async function saveFile(content: Readable, { path, force, expectedBytes, signal }: SaveOptions): Promise<void> {
  const arriving = join(dirname(path), `.watchword-${randomBytes(6).toString("hex")}.part`);
  try {
    const received = await copyTo(arriving, content, signal);
    if (received !== expectedBytes) throw brokenOff(`${received} of ${expectedBytes} bytes came`);
    if (force) await rename(arriving, path);
    else await moveToPath(arriving, path);
  } catch (error) {
    throw error instanceof CliError ? error : asFailure(path, error);
  } finally {
    await rm(arriving, { force: true }).catch(() => undefined);
  }
}

/** @throws {CliError} when the path exists */
export async function rejectTaken(path: string): Promise<void> {
  const taken = await lstat(path).then(
    () => true,
    () => false,
  );
  if (taken) throw pathTaken(path);
}

async function copyTo(path: string, content: Readable, signal: AbortSignal): Promise<number> {
  let received = 0;
  const counter = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      received += chunk.byteLength;
      done(null, chunk);
    },
  });
  await pipeline(content, counter, createWriteStream(path, { flags: "wx" }), { signal });
  return received;
}

/** Unlike a rename, a link cannot replace a file that was created meanwhile. */
async function moveToPath(arriving: string, path: string): Promise<void> {
  try {
    await link(arriving, path);
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw pathTaken(path);
    // A file system without links.
    await rejectTaken(path);
    await rename(arriving, path);
  }
}

function pathTaken(path: string): CliError {
  return new CliError(`"${path}" is there already, and was left as it is`, {
    reason: "place_taken",
    next: "Choose another place with -o, or replace it with --force",
  });
}

function brokenOff(what: string, cause?: unknown): CliError {
  return new CliError(`The download broke off: ${what}`, {
    reason: "broken_off",
    kept: "Nothing was written",
    next: "Try again",
    cause,
  });
}

function asFailure(path: string, error: unknown): CliError {
  const code = codeOf(error);
  // Node's errors about files have a system call in them; what is left is about the connection.
  if (!(error instanceof Error && "syscall" in error && "path" in error))
    return brokenOff("the connection was lost", error);
  return new CliError(`"${path}" cannot be written (${code ?? "unknown cause"})`, {
    reason: "unwritable",
    next: "Choose another place with -o",
    cause: error,
  });
}
