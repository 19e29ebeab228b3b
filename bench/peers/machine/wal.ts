import { readFileSync } from "node:fs";

/** The commits that stand in the write-ahead log of a database, and the salts that every checkpoint changes. */
export interface WalReading {
  salts: string;
  commits: number;
}

const headerBytes = 32;
const frameHeaderBytes = 24;

/** See sqlite.org/fileformat2.html section 4: the last frame of a commit says how many pages the database has after it. */
export function readWal(databaseFile: string): WalReading {
  const log = readWhole(`${databaseFile}-wal`);
  if (log.length < headerBytes) return { salts: "", commits: 0 };
  const frameBytes = frameHeaderBytes + log.readUInt32BE(8);
  const salts = log.toString("hex", 16, 24);
  let commits = 0;
  for (let at = headerBytes; at + frameBytes <= log.length; at += frameBytes) {
    if (log.toString("hex", at + 8, at + 16) !== salts) break; // of the log before the last checkpoint
    if (log.readUInt32BE(at + 4) > 0) commits += 1;
  }
  return { salts, commits };
}

function readWhole(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0); // nothing was written yet
  }
}

/** Undefined when a checkpoint came in between: then the log began anew, and what stood in it is gone. */
export function commitsBetween(before: WalReading, after: WalReading): number | undefined {
  if (before.salts === after.salts) return after.commits - before.commits;
  return before.salts === "" ? after.commits : undefined;
}
