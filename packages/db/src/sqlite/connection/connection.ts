import { closeSync, openSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Database as Client } from "better-sqlite3";
import { type BetterSQLite3Database, drizzle } from "drizzle-orm/better-sqlite3";
import { Database } from "./driver.ts";
import { explainOpenFailure } from "./open-error.ts";
import { makePrivateFolder } from "./private-folder.ts";
import { createReadLock, type ReadLock } from "./read-lock.ts";
import { watchSchemaGeneration } from "./schema-generation.ts";
import { ConnectionLostError, isContention, translateFailure, watchFile } from "./sqlite-errors.ts";

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
}

/** One open database, which the stores on it share. */
export interface SqliteConnection {
  /** Absolute path. */
  readonly file: string;
  readonly client: Client;
  readonly orm: BetterSQLite3Database;
  /**
   * Runs one operation: a prepared statement, or a `client.transaction(…).immediate`. It must be synchronous and change
   * nothing when it throws, because it is run again when another process held the lock. A write is durable when the
   * promise resolves.
   *
   * @throws {AuthError} `temporarily_unavailable` when the database is busy, full, read-only, broken, closed or gone, or a
   *   newer version has migrated it
   */
  run<T>(operation: () => T): Promise<T>;
  /**
   * As `run`, for a read that is made at every request: whether the file is still there is asked ten times a second at most.
   * Asked each time, it would cost half as much again as the read; a write, which must not be lost, asks each time.
   */
  read<T>(query: () => T): Promise<T>;
  /** @throws {DatabaseOpenError} when another process holds the write lock, or nothing can be written */
  checkWritable(): void;
  /** Closing twice does nothing. */
  close(): void;
}

/**
 * SQLite itself never waits for a lock: it would put the whole process to sleep, though reading needs no lock at all.
 * `run` waits instead, and meanwhile the event loop goes on.
 */
const busyTimeoutMs = 0;

/** How old the last check of the file may be for a read, in milliseconds. */
const fileSeenForMs = 100;

/** A transaction of another process takes a millisecond or two; asking again takes some ten microseconds. */
const longestPauseMs = 8;

/** No client is served while a process starts, so there it may sleep. */
const openTimeoutMs = 10_000;

/**
 * Opens a database file, making it when there is none. Synchronous, and patient with other processes that are starting.
 *
 * @throws {DatabaseOpenError} when the file cannot be opened or is no database: a server must not start on that
 */
export function openSqlite(options: SqliteOptions): SqliteConnection {
  const { file: path, retryForMs = 2_000, openForMs = openTimeoutMs } = options;
  const file = resolve(path);
  const client = explained(file, () => openClient(file, openForMs));
  const checkFile = watchFile(file);
  const checkGeneration = watchSchemaGeneration(client);
  let fileSeenUntil = 0;
  let readLock: ReadLock | undefined;

  function checkFileNow(now: number): void {
    if (!client.open) throw new ConnectionLostError("The database connection is closed");
    checkFile();
    checkGeneration();
    fileSeenUntil = now + fileSeenForMs;
  }

  return {
    file,
    client,
    orm: drizzle({ client }),
    run: (operation) =>
      runPatiently(retryForMs, () => {
        checkFileNow(performance.now());
        return operation();
      }),
    read: (query) =>
      runPatiently(retryForMs, () => {
        const now = performance.now();
        if (now >= fileSeenUntil) checkFileNow(now);
        readLock ??= createReadLock(file);
        readLock.keep(now);
        return query();
      }),
    checkWritable: () => explained(file, () => client.exec("BEGIN IMMEDIATE; ROLLBACK")),
    close: () => {
      fileSeenUntil = 0;
      readLock?.close();
      client.close();
    },
  };
}

/** The same for an operation of a library that answers with a promise. */
export async function runPatientlyAsync<T>(retryForMs: number, operation: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + retryForMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await operation();
    } catch (error) {
      await pauseOrGiveUp(error, { attempt, deadline });
    }
  }
}

async function runPatiently<T>(retryForMs: number, operation: () => T): Promise<T> {
  const deadline = performance.now() + retryForMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return operation();
    } catch (error) {
      await pauseOrGiveUp(error, { attempt, deadline });
    }
  }
}

async function pauseOrGiveUp(error: unknown, { attempt, deadline }: { attempt: number; deadline: number }) {
  if (!isContention(error) || performance.now() >= deadline) throw translateFailure(error);
  await pause(pauseMs(attempt));
}

/** Random, so that processes which collided once do not collide again at each attempt. */
function pauseMs(attempt: number): number {
  return Math.ceil(Math.random() * Math.min(2 ** attempt, longestPauseMs));
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
    client.pragma("foreign_keys = ON");
    client.pragma(`busy_timeout = ${busyTimeoutMs}`);
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
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
