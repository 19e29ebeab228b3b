import { runHistories } from "@watchword/auth/testing/simulator";
import { expect, it } from "vitest";
import { useTestFolder } from "../../../test/test-database.ts";
import { createSqliteAuthStore } from "./auth-store.ts";

const folder = useTestFolder();
/** `SIMULATOR_SEED=123 npx vitest run packages/db/src/sqlite/simulator` plays that one history again. */
const oneSeed = process.env.SIMULATOR_SEED;
const histories = { first: Number(oneSeed ?? 1), count: oneSeed === undefined ? 300 : 1 };

it("the router over SQLite keeps every invariant of the refresh protocol in 300 histories (S1 to S8, L1, L2)", {
  timeout: 300_000,
}, async () => {
  const connection = folder.open();
  // It is what the statements decide that is looked at here; power cuts have tests of their own.
  connection.client.pragma("synchronous = OFF");
  const store = createSqliteAuthStore(connection);
  const tally = await runHistories(histories.first, histories.count, { openStore: () => store });
  expect(connection.client.pragma("integrity_check", { simple: true })).toBe("ok");
  expect(tally.steps).toBeGreaterThan(0);
  if (oneSeed !== undefined) return;
  expect(tally.refreshes).toBeGreaterThan(800);
  for (const count of [tally.repeated, tally.rearmed, tally.lostReplies, tally.crashes]) {
    expect(count).toBeGreaterThan(40);
  }
});
