import { randomBytes } from "node:crypto";
import { link, lstat, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "./token-file-error.ts";

export interface FileLockOptions {
  /** For how long to wait for the holder. Afterwards the work is done without the lock. */
  waitMs: number;
  /** A lock of this age was left behind. Longer than any work under it takes. */
  staleMs: number;
}

const pollMs = 20;
/** Putting a name into a new lock takes no longer. An empty one of this age belongs to a process that was killed. */
const namingMs = 2000;

/**
 * Does some work while no other process does work under the same lock.
 *
 * An optimisation, never a condition: who cannot have the lock in time goes on without it, and what is done under it
 * must be right all the same. So a process that was killed blocks no other process, and a lock that was taken for left
 * behind by mistake does no harm.
 *
 * @param work gets whether it really is alone
 */
export async function withFileLock<T>(
  path: string,
  { waitMs, staleMs }: FileLockOptions,
  work: (alone: boolean) => Promise<T>,
): Promise<T> {
  const mine = `${process.pid} ${hostname()} ${randomBytes(8).toString("hex")}\n`;
  const alone = await acquire(path, mine, { waitMs, staleMs });
  try {
    return await work(alone);
  } finally {
    if (alone) await release(path, mine);
  }
}

async function acquire(path: string, mine: string, { waitMs, staleMs }: FileLockOptions): Promise<boolean> {
  const until = performance.now() + waitMs;
  for (;;) {
    try {
      await writeFile(path, mine, { flag: "wx", mode: 0o600 });
      return true;
    } catch (error) {
      // A folder that nothing can be written to: the write itself will report it.
      if (codeOf(error) !== "EEXIST") return false;
    }
    const standing = await readLock(path, staleMs);
    // A folder is never released, so no process waits for it.
    if (standing === "no lock" || performance.now() >= until) return false;
    if (standing !== "held") await takeAway(path, standing.leftBehind);
    await sleep(pollMs * (0.5 + Math.random()));
  }
}

async function release(path: string, mine: string): Promise<void> {
  const content = await readFile(path, "utf8").catch(() => undefined);
  if (content === mine) await rm(path, { force: true });
}

/** Its process is gone, or it is older than any work takes. A lock that is just being written is neither. */
async function readLock(path: string, staleMs: number): Promise<"held" | "no lock" | { leftBehind: string }> {
  try {
    const stats = await lstat(path);
    if (!stats.isFile()) return "no lock";
    const content = await readFile(path, "utf8");
    const ageMs = Math.abs(Date.now() - stats.mtimeMs);
    if (ageMs > (content === "" ? Math.min(namingMs, staleMs) : staleMs)) return { leftBehind: content };
    const [pid, host] = content.split(" ");
    const isGone = host === hostname() && content.endsWith("\n") && !isRunning(Number(pid));
    return isGone ? { leftBehind: content } : "held";
  } catch {
    // It was let go of just now, or cannot be read.
    return "held";
  }
}

/**
 * Removes a lock that was left behind. Of many who see it at once, the second would remove what the first has put in its
 * place meanwhile. So it is moved aside first and read again; a lock of a living process is put back.
 */
async function takeAway(path: string, leftBehind: string): Promise<void> {
  const aside = `${path}.left-${randomBytes(6).toString("hex")}`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, "utf8")) !== leftBehind) await link(aside, path);
  } catch {
    // Another process was faster, or it cannot be moved. Waiting goes on, and has an end.
  }
  await rm(aside, { force: true }).catch(() => undefined);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}
