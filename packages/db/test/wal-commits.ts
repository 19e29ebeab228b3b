import { readFileSync } from "node:fs";

const walHeaderBytes = 32;
const frameHeaderBytes = 24;

/**
 * How many transactions a database has committed since its write-ahead log was last begun anew. Exact, because it is
 * read from the log itself: the last frame of each commit, and no other, holds the size of the database after it
 * (section 4 of SQLite's file format). Frames with another salt are left over from before.
 */
export function countCommits(databaseFile: string): number {
  const wal = readFileSync(`${databaseFile}-wal`);
  if (wal.length === 0) return 0;
  const pageBytes = wal.readUInt32BE(8);
  const salt = wal.subarray(16, 24);
  let commits = 0;
  for (let at = walHeaderBytes; at + frameHeaderBytes + pageBytes <= wal.length; at += frameHeaderBytes + pageBytes) {
    if (!wal.subarray(at + 8, at + 16).equals(salt)) break;
    if (wal.readUInt32BE(at + 4) !== 0) commits += 1;
  }
  return commits;
}
