import { Database } from "./driver.ts";

/** Keeps the file's shared lock in this process from one read to the next. Never needed for a read to be right. */
export interface ReadLock {
  /** To be called before a read. @param now milliseconds, by a clock that does not jump */
  keep(now: number): void;
  /** Gives the lock back until it is allowed again: a checkpoint copies nothing beside a reader of what it has copied before. */
  setAllowed(allowed: boolean): void;
  close(): void;
}

/** As long as a lock is kept, the write-ahead log cannot be taken over whole. So it is kept briefly, with pauses between. */
const keptForMs = 20;
const pauseMs = 5;

/**
 * A read takes a shared lock on the file and gives it back: two calls into the system, which cost more than the read itself,
 * several times as much where the system is a sandbox. The connections of one process share such a lock, so while a second
 * one holds it no read has to ask the system. Each read still begins at the newest commit, of any process: what is held
 * is the lock, not the state that is read.
 */
export function createReadLock(file: string): ReadLock {
  const client = new Database(file, { readonly: true, fileMustExist: true });
  client.pragma("busy_timeout = 0");
  const begin = client.prepare("BEGIN");
  const read = client.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").pluck();
  const end = client.prepare("ROLLBACK");
  let keptUntil = 0;
  let pausedUntil = 0;
  let isAllowed = true;

  function release(now: number): void {
    if (client.inTransaction) end.run();
    pausedUntil = now + pauseMs;
  }

  function take(now: number): void {
    try {
      begin.run();
      read.get();
      keptUntil = now + keptForMs;
      setTimeout(() => client.open && release(now + keptForMs), keptForMs).unref();
    } catch {
      release(now); // whatever is wrong with the file, the read that follows will say
    }
  }

  return {
    keep(now) {
      if (!isAllowed) return;
      if (client.inTransaction && now >= keptUntil) release(now);
      else if (!client.inTransaction && now >= pausedUntil) take(now);
    },
    setAllowed(allowed) {
      isAllowed = allowed;
      if (!allowed && client.inTransaction) end.run();
    },
    close: () => client.close(),
  };
}
