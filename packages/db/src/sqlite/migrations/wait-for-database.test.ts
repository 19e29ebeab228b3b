import { expect, it } from "vitest";
import { migrationsFolder, useTestFolder } from "../../../test/test-database.ts";
import { waitForSqlite } from "./wait-for-database.ts";

const folder = useTestFolder();

/** A clock that only moves when somebody waits, and the lines that were told. */
function patience(endLock?: { afterMs: number; end: () => void }) {
  let now = 0;
  const lines: number[] = [];
  return {
    lines,
    options: {
      now: () => now,
      onWait: (waitedMs: number) => void lines.push(waitedMs),
      pause: async (ms: number) => {
        now += ms;
        if (endLock && now >= endLock.afterMs) endLock.end();
      },
    },
  };
}

it("waitForSqlite() tells when it begins to wait and every ten seconds, and gives up after its time", async () => {
  const { file, client } = folder.open();
  client.exec("BEGIN EXCLUSIVE");
  const { lines, options } = patience();
  const waiting = waitForSqlite({ file, migrationsFolder, waitMs: 60_000, ...options });
  await expect(waiting).rejects.toMatchObject({ problem: "locked" });
  expect(lines).toEqual([500, 10_000, 20_000, 30_000, 40_000, 50_000]);
});

it("waitForSqlite() goes on when the lock is gone, and says nothing of a lock of moments", async () => {
  const { file, client } = folder.open();
  for (const [afterMs, expected] of [
    [300, []],
    [15_000, [500, 10_000]],
  ] as const) {
    client.exec("BEGIN IMMEDIATE");
    const { lines, options } = patience({ afterMs, end: () => client.inTransaction && client.exec("ROLLBACK") });
    await waitForSqlite({ file, migrationsFolder, waitMs: 60_000, ...options });
    expect(lines).toEqual(expected);
  }
});

it("waitForSqlite() waits for no problem that time does not mend", async () => {
  const { lines, options } = patience();
  const waiting = waitForSqlite({ file: folder.path("."), migrationsFolder, waitMs: 60_000, ...options });
  await expect(waiting).rejects.toMatchObject({ problem: "is_a_folder" });
  expect(lines).toEqual([]);
});
