import type { AttemptCounter, AttemptWindow, CountedTry } from "@watchword/auth/core";
import { RateLimiterSQLite } from "rate-limiter-flexible";
import { runPatientlyAsync, type SqliteConnection } from "./connection.ts";
import { Database } from "./driver.ts";

export interface SqliteAttemptCounter extends AttemptCounter {
  /** Removes the counters whose windows are over. */
  clear(): Promise<void>;
  close(): void;
}

/** As long as a person would wait for any other write. */
const retryForMs = 2_000;

/**
 * Tries in the database, counted by `rate-limiter-flexible`: one upsert each. On a connection of its own, whose commits
 * survive the end of the process but wait for no disk: after a power cut the last few tries may be forgotten, and a login
 * costs one flush of the disk, as without them.
 */
export function createSqliteAttemptCounter({ file }: Pick<SqliteConnection, "file">): SqliteAttemptCounter {
  const client = new Database(file, { fileMustExist: true });
  client.pragma("synchronous = NORMAL");
  client.pragma("busy_timeout = 0");
  const removeOld = client.prepare<[number]>("DELETE FROM attempts WHERE expire <= ?");
  const limiters = new Map<string, RateLimiterSQLite>();

  function limiterOf({ scope, window }: CountedTry): RateLimiterSQLite {
    const keyPrefix = `${scope}/${window.perSeconds}`;
    const known = limiters.get(keyPrefix);
    if (known) return known;
    const limiter = openLimiter(client, keyPrefix, window);
    limiters.set(keyPrefix, limiter);
    return limiter;
  }

  const patiently = <T>(work: () => Promise<T>) => runPatientlyAsync(retryForMs, work);
  return {
    async count(counted) {
      const { consumedPoints, msBeforeNext } = await patiently(() => limiterOf(counted).penalty(counted.id));
      return { tries: consumedPoints, leftMs: msBeforeNext };
    },
    async giveBack(counted) {
      await patiently(() => limiterOf(counted).reward(counted.id));
    },
    clear: () => patiently(async () => void removeOld.run(Date.now())),
    close: () => client.close(),
  };
}

function openLimiter(
  storeClient: SqliteConnection["client"],
  keyPrefix: string,
  window: AttemptWindow,
): RateLimiterSQLite {
  return new RateLimiterSQLite({
    storeClient,
    storeType: "better-sqlite3",
    tableName: "attempts",
    tableCreated: true,
    clearExpiredByTimeout: false, // see `clear`
    keyPrefix,
    points: window.tries,
    duration: window.perSeconds,
  });
}
