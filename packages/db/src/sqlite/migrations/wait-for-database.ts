import { setTimeout as pauseByTimer } from "node:timers/promises";
import { openSqlite } from "../connection/connection.ts";
import { DatabaseOpenError } from "../connection/open-error.ts";
import { migrateSqlite } from "./migrate.ts";

export interface WaitForSqliteOptions {
  file: string;
  migrationsFolder: string;
  /** For how long to wait for another process that holds the lock, in milliseconds. */
  waitMs: number;
  /** Told when the wait begins, and every ten seconds after that. */
  onWait: (waitedMs: number) => void;
  /** By the machine's clock and timers unless given. */
  now?: () => number;
  pause?: (ms: number) => Promise<unknown>;
}

const reportEveryMs = 10_000;
const tryEveryMs = 250;
/** Processes that start together hold the lock for moments: that is not worth a line. */
const quietMs = 500;

/**
 * Waits until a database can be opened, migrated and written to: another process, such as a backup, may hold its lock. Unlike
 * `openSqlite` it does not block the event loop, so that the process can be told to end meanwhile. Closes what it opened.
 *
 * @throws {DatabaseOpenError} `locked` when the time is over; any other problem at once
 */
export async function waitForSqlite(options: WaitForSqliteOptions): Promise<void> {
  const { waitMs, onWait, now = () => performance.now(), pause = pauseByTimer } = options;
  const begun = now();
  let nextLineMs = Math.min(quietMs, waitMs);
  for (;;) {
    try {
      return tryOnce(options);
    } catch (error) {
      if (!(error instanceof DatabaseOpenError) || error.problem !== "locked") throw error;
      const waited = now() - begun;
      if (waited >= waitMs) throw error;
      if (waited >= nextLineMs) {
        onWait(waited);
        nextLineMs = (Math.floor(waited / reportEveryMs) + 1) * reportEveryMs;
      }
      await pause(tryEveryMs);
    }
  }
}

function tryOnce({ file, migrationsFolder }: WaitForSqliteOptions): void {
  const connection = openSqlite({ file, openForMs: 0 });
  try {
    migrateSqlite(connection, { migrationsFolder, waitMs: 0 });
    connection.checkWritable();
  } finally {
    connection.close();
  }
}
