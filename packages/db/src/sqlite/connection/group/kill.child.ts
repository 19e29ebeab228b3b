import { openSqlite } from "../connection.ts";

/** Writes group after group of notes until it is killed: `node kill.child.mjs <database>`. */
export type Question = { firstGroup: number; groupSize: number };
/** The group that has just been acknowledged. */
export type Reply = "ready" | number;

const [file = ""] = process.argv.slice(2);
const connection = openSqlite({ file, retryForMs: 15_000 });

process.on("message", ({ firstGroup, groupSize }: Question) => void writeGroups(firstGroup, groupSize));
process.once("disconnect", () => process.exit());
process.send?.("ready" satisfies Reply);

async function writeGroups(firstGroup: number, groupSize: number): Promise<void> {
  const insert = connection.client.prepare<[number, string]>("INSERT INTO notes (group_number, text) VALUES (?, ?)");
  for (let group = firstGroup; ; group += 1) {
    const write = () => connection.write(() => insert.run(group, "x".repeat(500)));
    await Promise.all(Array.from({ length: groupSize }, write));
    await new Promise((resolve) => process.send?.(group satisfies Reply, resolve));
  }
}
