import { type Stats, statSync } from "node:fs";
import { AuthError } from "@watchword/auth/core";

/** What SQLite calls the states in which it cannot serve and that are no mistake of the call. */
const outages = ["FULL", "IOERR", "READONLY", "CANTOPEN", "CORRUPT", "NOTADB", "NOMEM", "PERM"] as const;
const contention = ["BUSY", "LOCKED", "PROTOCOL"] as const;

/** A lock is gone within moments; a full disk or a missing file waits for a person. Seconds, for `Retry-After`. */
const retryAfterSeconds = { contention: 1, outage: 10 } as const;

/** The file that was opened is no longer the one at its path, or the connection was closed. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
}

/** So many writes wait for the lock already that this one was not taken. */
export class QueueFullError extends Error {
  override readonly name = "QueueFullError";
  constructor() {
    super("Too many writes wait for the database");
  }
}

/** The write-ahead log is long, and is just being copied. */
export class CheckpointDueError extends Error {
  override readonly name = "CheckpointDueError";
  constructor() {
    super("A checkpoint of the database runs");
  }
}

/** True when another connection holds the lock: nothing was changed, and trying again in a moment is likely to succeed. */
export function isContention(error: unknown): boolean {
  return error instanceof CheckpointDueError || contention.some((state) => isState(error, state));
}

/**
 * What a caller gets to see of an error. A database that is busy, full, unwritable, broken or gone becomes
 * `temporarily_unavailable`, with the original as its cause; anything else is a bug and is returned as it is.
 */
export function translateFailure(error: unknown): unknown {
  if (isContention(error) || error instanceof QueueFullError) {
    const options = { retryAfterSeconds: retryAfterSeconds.contention, cause: error };
    return new AuthError("temporarily_unavailable", options);
  }
  if (error instanceof ConnectionLostError || outages.some((state) => isState(error, state))) {
    const options = { retryAfterSeconds: retryAfterSeconds.outage, cause: error };
    return new AuthError("temporarily_unavailable", options);
  }
  return error;
}

/** The same for an error that took others along, whatever it was: each of them may succeed when it is made again. */
export function asOutage(error: unknown): unknown {
  const translated = translateFailure(error);
  if (translated instanceof AuthError) return translated;
  return new AuthError("temporarily_unavailable", { retryAfterSeconds: retryAfterSeconds.outage, cause: error });
}

/**
 * Remembers which file lies at a path, and returns a check that throws when it is no longer that one.
 *
 * SQLite itself does not notice: after a restore or a careless `rm` it would go on writing to a file without a name,
 * and acknowledge logins and revocations that are in no file any more. The check costs 2 µs.
 *
 * @throws {ConnectionLostError} from the check
 */
export function watchFile(file: string): () => void {
  const opened = statSync(file);
  return () => {
    const current = stat(file);
    if (!current) throw new ConnectionLostError("The database file has been deleted");
    if (current.ino !== opened.ino || current.dev !== opened.dev) {
      throw new ConnectionLostError("The database file has been replaced by another");
    }
  };
}

function stat(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw new ConnectionLostError("The database file cannot be looked at", { cause: error });
  }
}

/** Extended result codes begin with the primary one: `SQLITE_IOERR_WRITE`, `SQLITE_BUSY_SNAPSHOT`. */
function isState(error: unknown, state: string): boolean {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return false;
  return error.code === `SQLITE_${state}` || error.code.startsWith(`SQLITE_${state}_`);
}
