import type { Clock, CountedTry, RateLimitCounter } from "@watchword/auth/core";
import { configureWriter, type SqliteConnection } from "../connection/connection.ts";
import { Database } from "../connection/driver.ts";
import { runPatiently } from "../connection/patience.ts";
import { watchSchemaGeneration } from "../connection/schema-generation.ts";

export interface SqliteAttemptCounter extends RateLimitCounter {
  /** Removes the counters whose windows are over. */
  clear(): Promise<void>;
  close(): void;
}

/** As long as a person would wait for any other write. */
const retryForMs = 2_000;

/** Longer than any window that a setting can name, in milliseconds: what ends later was counted by a clock of the future. */
const longestWindowMs = 10_000_000 * 1000;

/**
 * Tries in the database: one upsert each. On a connection of its own, whose commits survive the end of the process but wait for
 * no disk: after a power cut the last few tries may be forgotten, and a login costs one flush of the disk, as without them. Each
 * try is one synchronous step, so that no group of writes of this process finds the lock taken by it.
 *
 * A window that ends later than one that begins now was begun by a clock of the future. It is over, so that no limit lasts longer
 * than its window, whatever the clock did (fault case T07).
 */
export function createSqliteRateLimitCounter(
  { file, noteCommit }: Pick<SqliteConnection, "file" | "noteCommit">,
  clock: Clock = { now: () => Date.now() },
): SqliteAttemptCounter {
  const client = new Database(file, { fileMustExist: true });
  client.pragma("synchronous = NORMAL");
  client.pragma("busy_timeout = 0");
  configureWriter(client);
  const isCurrent = "expire > @now AND expire <= @endsAt";
  const add = client.prepare<[Try], { points: number; expire: number }>(
    `INSERT INTO attempts (key, points, expire) VALUES (@key, 1, @endsAt)
     ON CONFLICT (key) DO UPDATE SET
       points = CASE WHEN ${isCurrent} THEN points + 1 ELSE 1 END,
       expire = CASE WHEN ${isCurrent} THEN expire ELSE @endsAt END
     RETURNING points, expire`,
  );
  const takeBack = client.prepare<[Try]>(
    `UPDATE attempts SET points = points - 1 WHERE key = @key AND points > 0 AND ${isCurrent}`,
  );
  const removeOld = client.prepare<[number, number]>("DELETE FROM attempts WHERE expire <= ? OR expire > ?");

  const checkGeneration = watchSchemaGeneration(client);
  const patiently = <T>(work: () => T) =>
    runPatiently(retryForMs, () => {
      checkGeneration();
      const done = work();
      noteCommit();
      return done;
    });
  return {
    count: (counted) =>
      patiently(() => {
        const now = clock.now();
        const row = add.get(tryOf(counted, now));
        if (!row) throw new Error("An upsert returned no row");
        return { tries: row.points, leftMs: row.expire - now };
      }),
    refund: (counted) => patiently(() => void takeBack.run(tryOf(counted, clock.now()))),
    clear: () =>
      patiently(() => {
        const now = clock.now();
        removeOld.run(now, now + longestWindowMs);
      }),
    close: () => client.close(),
  };
}

interface Try {
  key: string;
  now: number;
  /** When a window that begins now ends. */
  endsAt: number;
}

function tryOf({ scope, id, window: { perSeconds } }: CountedTry, now: number): Try {
  return { key: `${scope}/${perSeconds}:${id}`, now, endsAt: now + perSeconds * 1000 };
}
