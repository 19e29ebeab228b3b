import { readFileSync } from "node:fs";
import type { SqliteConnection } from "../src/sqlite/connection/connection.ts";

/**
 * Commits whose databases are carried over. Each was filled by its own code: four accounts (one disabled, one an
 * administrator, one with a changed password), sessions that live and that ended, waiting emails, a link, a file, a signing key.
 */
export const previousCommits = ["555799e", "e459647"] as const;

/** Refresh tokens of the sessions in it by their user, and the instant at which it was left, in milliseconds since 1970. */
export interface PreviousDatabase {
  ada: string;
  carol: string;
  grace: string;
  /** Of a session that was logged out, and of a user who was disabled. */
  revoked: string;
  disabled: string;
  now: number;
}

const read = (name: string) => readFileSync(new URL(`previous-databases/${name}`, import.meta.url), "utf8");

/** Makes the tables and rows of that commit in an empty database. */
export function fillWithPrevious(
  { client }: SqliteConnection,
  commit: (typeof previousCommits)[number],
): PreviousDatabase {
  client.pragma("foreign_keys = OFF");
  client.exec(read(`${commit}.sql`));
  client.pragma("foreign_keys = ON");
  return JSON.parse(read(`${commit}.json`));
}
