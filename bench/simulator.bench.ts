// Is anybody logged out who should not be? Many seeded histories of clients, losses, crashes and a thief, against the real
// router over the store in memory, and some over SQLite. Stops at the first invariant that breaks, and says with which seed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createMemoryStore, runHistories, type Tally } from "@watchword/auth/testing/simulator";
import { createSqliteAuthStore, migrateSqlite, openSqlite } from "@watchword/db/sqlite";

/** Seeds that `npm test` does not play. */
const first = 1_000_000;
const count = Number(process.env.HISTORIES ?? 20_000);
const inSqlite = Math.ceil(count / 20);

const begin = performance.now();
report(`${count} histories in memory`, await runHistories(first, count, { openStore: () => createMemoryStore() }));

const folder = mkdtempSync(join(tmpdir(), "watchword-bench-"));
const connection = openSqlite({ file: join(folder, "watchword.db") });
migrateSqlite(connection, {
  migrationsFolder: fileURLToPath(new URL("../packages/db/migrations/sqlite", import.meta.url)),
});
connection.client.pragma("synchronous = OFF");
const store = createSqliteAuthStore(connection);
report(`${inSqlite} histories in SQLite`, await runHistories(first, inSqlite, { openStore: () => store }));
connection.close();
rmSync(folder, { recursive: true, force: true });
console.log(`  seconds:               ${((performance.now() - begin) / 1000).toFixed(0)}`);

/** An honest user who was logged out would have thrown, with the seed, before this is printed. */
function report(title: string, tally: Tally): void {
  console.log(`  ${title}`);
  console.log(`    steps:               ${tally.steps}`);
  console.log(`    refreshes:           ${tally.refreshes} (${tally.repeated} repeated, ${tally.rearmed} re-armed)`);
  console.log(`    lost:                ${tally.lostRequests} requests, ${tally.lostReplies} replies`);
  console.log(`    crashes:             ${tally.crashes}, and ${tally.outages} refreshes while the database was out`);
  console.log(`    thefts:              ${tally.thefts}, of which ${tally.detectedThefts} were found out`);
  console.log("    honest users logged out: 0");
}
