import { randomBytes } from "node:crypto";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "./failure.ts";

export interface FileLockOptions {
  /** For how long to wait for whoever has it. Afterwards the work is done without. */
  waitMs: number;
  /** A lock of this age was left behind. Longer than any work under it takes. */
  staleMs: number;
}

const pollMs = 20;

/**
 * Does some work while no other process does work under the same lock.
 *
 * An optimisation, never a condition: who cannot have the lock in time goes on without it, and what is done under it
 * must be right all the same. So a process that was killed can hold nobody up, and a lock that was taken for left
 * behind by mistake does no harm.
 *
 * @param work is told whether it really is alone
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
      // A folder that nothing can be written to: whoever needs to write will say so.
      if (codeOf(error) !== "EEXIST") return false;
    }
    if (performance.now() >= until) return false;
    if (await isLeftBehind(path, staleMs)) await rm(path, { force: true }).catch(() => undefined);
    else await sleep(pollMs * (0.5 + Math.random()));
  }
}

async function release(path: string, mine: string): Promise<void> {
  const content = await readFile(path, "utf8").catch(() => undefined);
  if (content === mine) await rm(path, { force: true });
}

/** Its process is gone, or it is older than any work takes. A lock that is just being written is neither. */
async function isLeftBehind(path: string, staleMs: number): Promise<boolean> {
  try {
    const [{ mtimeMs }, content] = await Promise.all([stat(path), readFile(path, "utf8")]);
    if (Math.abs(Date.now() - mtimeMs) > staleMs) return true;
    const [pid, host] = content.split(" ");
    return host === hostname() && content.endsWith("\n") && !isRunning(Number(pid));
  } catch {
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}
