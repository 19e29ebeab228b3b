import type { Database as Client } from "better-sqlite3";
import { ConnectionLostError } from "./sqlite-errors.ts";

/**
 * The generation of the schema that this version reads and writes. A migration after which a process of the version before
 * must not go on raises it, in its own transaction (`PRAGMA user_version`); one that only adds leaves it.
 */
export const schemaGeneration = 1;

export function readSchemaGeneration(client: Client): number {
  return Number(client.pragma("user_version", { simple: true }));
}

/**
 * A check that throws when a newer version has migrated the database while this process runs. What this one would
 * write by its old statements could contradict what the newer one relies on. It costs 2 µs.
 *
 * @throws {ConnectionLostError} from the check
 */
export function watchSchemaGeneration(client: Client): () => void {
  const read = client.prepare<[], number>("PRAGMA user_version").pluck();
  return () => {
    if ((read.get() ?? 0) > schemaGeneration) {
      throw new ConnectionLostError(
        "A newer version of the app has migrated the database: this process is to be stopped",
      );
    }
  };
}
