import { closeSync, openSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Database as Client } from "better-sqlite3";
import { type BetterSQLite3Database, drizzle } from "drizzle-orm/better-sqlite3";
import { startCheckpointThread } from "./checkpoint/checkpoint-thread.ts";
import { type Checkpoint, Checkpoints } from "./checkpoint/checkpoints.ts";
import { Database } from "./driver.ts";
import { prepareGroup } from "./group/run-group.ts";
import { createWriteQueue, type Flush } from "./group/write-queue.ts";
import { explainOpenFailure } from "./open-error.ts";
import { pauseMs, runPatiently } from "./patience.ts";
import { makePrivateFolder } from "./private-folder.ts";
import { createReadLock, type ReadLock } from "./read-lock.ts";
import { watchSchemaGeneration } from "./schema-generation.ts";
import { ConnectionLostError, isContention, watchFile } from "./sqlite-errors.ts";

export interface SqliteOptions {
  /** Path of the database. It and its folder are made when missing, readable by their owner alone. */
  file: string;
  /**
   * For how long an operation asks again while another process holds the write lock, in milliseconds, before it is
   * given up. Long against any transaction of ours (a millisecond or two), short against a person's patience.
   */
  retryForMs?: number;
  /** For how long opening waits for another process, in milliseconds. It blocks the event loop meanwhile. */
  openForMs?: number;
  /** Told of each group of writes that is on the disk. Must not throw. */
  onFlush?: (flush: Flush) => void;
  /** Told of each checkpoint. Must not throw. */
  onCheckpoint?: (checkpoint: Checkpoint) => void;
}

/** One open database, which the stores on it share. */
export interface SqliteConnection {
  /** Absolute path. */
  readonly file: string;
  readonly client: Client;
  readonly orm: BetterSQLite3Database;
  /**
   * Runs a query at once. Whether the file is still there is asked ten times a second at most: asked each time, it would cost
   * half as much again as the read that is made at every request.
   *
   * @throws {AuthError} as `write`
   */
  read<T>(query: () => T): Promise<T>;
  /** As `read`, and the answer is there at once. A promise only where it has to be waited for, or cannot be had. */
  readNow<T>(query: () => T): T | Promise<T>;
  /**
   * Runs an operation that may write: a statement or several, in a transaction that it shares with the other writes of this turn
   * of the event loop. It must be synchronous. When it throws, all that it changed is undone, and nothing of the others. The
   * write is on the disk when the promise resolves, and nobody sees it before it is. Writes run in the order of their calls.
   *
   * @throws {AuthError} `temporarily_unavailable`, with nothing changed, when the database is busy, full, read-only, broken, closed
   *   or gone, a newer version has migrated it, or too many writes wait
   */
  write<T>(operation: () => T): Promise<T>;
  /** To be called after a commit of another connection of this process: the log has grown. */
  noteCommit(): void;
  /** What waits just now, and the size of the write-ahead log. */
  load(): DatabaseLoad;
  /** @throws {DatabaseOpenError} when another process holds the write lock, or nothing can be written */
  checkWritable(): void;
  /** Runs the writes that wait. Closing twice does nothing. */
  close(): void;
}

interface DatabaseLoad {
  /** Writes that have not begun. */
  waiting: number;
  /** The file beside the database; it grows while a read of any process stays open. */
  logBytes: number;
}

/**
 * SQLite itself never waits for a lock: it would put the whole process to sleep, though reading needs no lock at all.
 * `read` and `write` wait instead, and meanwhile the event loop goes on.
 */
const busyTimeoutMs = 0;

/** How old the last check of the file may be for a read, in milliseconds. */
const fileSeenForMs = 100;

/** The size of a log that no reader has let grow, with room to spare; a larger one is cut off. */
const truncateAboveBytes = 32 * 1024 * 1024;

/** No client is served while a process starts, so there it may sleep. */
const openTimeoutMs = 10_000;

/**
 * Opens a database file, making it when there is none. Synchronous, and patient with other processes that are starting.
 *
 * @throws {DatabaseOpenError} when the file cannot be opened or is no database: a server must not start on that
 */
export function openSqlite(options: SqliteOptions): SqliteConnection {
  const { file: path, retryForMs = 2_000, openForMs = openTimeoutMs, onFlush, onCheckpoint } = options;
  const file = resolve(path);
  const client = explained(file, () => openClient(file, openForMs));
  const checks = createChecks(file, client);
  let readLock: ReadLock | undefined;
  const checkpoints = new Checkpoints({
    client,
    startThread: (callbacks) => startCheckpointThread({ file, truncateAboveBytes, ...callbacks }),
    setReadLock: (allowed) => readLock?.setAllowed(allowed),
    onCheckpoint: (checkpoint) => onCheckpoint?.(checkpoint),
  });
  const queue = createWriteQueue({
    check() {
      checks.now();
      checkpoints.check();
    },
    runGroup: prepareGroup(client),
    retryForMs,
    onFlush(flush) {
      checkpoints.afterCommit();
      onFlush?.(flush);
    },
  });

  function readOnce<T>(query: () => T): T {
    const now = performance.now();
    checks.lately(now);
    readLock ??= createReadLock(file);
    readLock.keep(now);
    return query();
  }

  return {
    file,
    client,
    orm: drizzle({ client }),
    write: queue.write,
    read: (query) => runPatiently(retryForMs, () => readOnce(query)),
    readNow: (query) => {
      try {
        return readOnce(query);
      } catch {
        return runPatiently(retryForMs, () => readOnce(query));
      }
    },
    noteCommit: () => checkpoints.afterCommit(),
    load: () => ({ waiting: queue.waiting, logBytes: sizeOf(`${file}-wal`) }),
    checkWritable: () => explained(file, () => client.exec("BEGIN IMMEDIATE; ROLLBACK")),
    close() {
      queue.close();
      checkpoints.close();
      checks.forget();
      readLock?.close();
      client.close();
    },
  };
}

/** Whether the connection, the file and the schema are still those that were opened. What is found wrong is asked anew by the next read. */
function createChecks(file: string, client: Client) {
  const checkFile = watchFile(file);
  const checkGeneration = watchSchemaGeneration(client);
  let seenUntil = 0;

  function now(): void {
    seenUntil = 0;
    if (!client.open) throw new ConnectionLostError("The database connection is closed");
    checkFile();
    checkGeneration();
    seenUntil = performance.now() + fileSeenForMs;
  }

  return {
    now,
    lately: (at: number) => {
      if (at >= seenUntil) now();
    },
    forget: () => {
      seenUntil = 0;
    },
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Runs a step of a start, and explains to the operator why it failed. */
export function explained<T>(file: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw explainOpenFailure(error, file);
  }
}

function openClient(file: string, openForMs: number): Client {
  makePrivateFolder(dirname(file));
  createPrivately(file);
  const client = new Database(file, { timeout: openForMs });
  try {
    insistOnWal(client, openForMs);
    // FULL: an acknowledged refresh or revocation survives a power cut. NORMAL may lose the last ones (fault case D12).
    client.pragma("synchronous = FULL");
    configureWriter(client);
    client.pragma("foreign_keys = ON");
    client.pragma(`busy_timeout = ${busyTimeoutMs}`);
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

/** For each connection that may write. */
export function configureWriter(client: Client): void {
  // macOS alone, whose fsync leaves the data in the cache of the disk. Elsewhere these two do nothing.
  client.pragma("fullfsync = ON");
  client.pragma("checkpoint_fullfsync = ON");
  // A commit runs no checkpoint: another thread does (decision 0026).
  client.pragma("wal_autocheckpoint = 0");
}

/** With `wx`, a file that exists is not even opened: closing it again would drop the locks of this process on it. */
function createPrivately(file: string): void {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

/** Readers must never wait for a writer. SQLite refuses the switch at once, without waiting, when another starts too. */
function insistOnWal(client: Client, openForMs: number): void {
  const deadline = performance.now() + openForMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const mode = client.pragma("journal_mode = WAL", { simple: true });
      if (mode === "wal") return;
      throw new Error(`SQLite keeps journal_mode "${String(mode)}" where "wal" is needed`);
    } catch (error) {
      if (!isContention(error) || performance.now() >= deadline) throw error;
      sleepSync(pauseMs(attempt));
    }
  }
}

function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
