import { describe, expect, it } from "vitest";
import { brokenRules } from "../../../test/broken-rules.ts";
import { createMemoryStore } from "../memory-store/store.ts";
import { runHistories, runHistory, type SimulatorOptions } from "./run.ts";

/** `SIMULATOR_SEED=123 npx vitest run packages/auth/src/testing/simulator` plays that one history again. */
const oneSeed = process.env.SIMULATOR_SEED;
const histories = { first: Number(oneSeed ?? 1), count: oneSeed === undefined ? 3000 : 1 };
/** Half a minute of one core when it is alone, and it seldom is. */
const patience = { timeout: 300_000 };

describe("the router over the store in memory, under clients, losses, crashes and a thief,", () => {
  it("keeps every invariant of the refresh protocol in 3,000 histories (S1 to S8, L1, L2)", patience, async () => {
    const tally = await runHistories(histories.first, histories.count, { openStore: () => createMemoryStore() });
    expect(tally.steps).toBeGreaterThan(0);
    if (oneSeed !== undefined) return;
    // That nothing broke says something only of what happened.
    expect(tally.refreshes).toBeGreaterThan(8000);
    for (const count of [tally.repeated, tally.rearmed, tally.lostReplies, tally.crashes, tally.outages]) {
      expect(count).toBeGreaterThan(500);
    }
    expect(tally.detectedThefts).toBeGreaterThan(100);
    for (const count of [tally.secondFactors, tally.completedLogins, tally.putOff]) expect(count).toBeGreaterThan(100);
  });
});

describe("the simulator", () => {
  /** Within so many histories each of them must be found. */
  const enough = 150;

  async function firstBreak(options: SimulatorOptions): Promise<string> {
    for (let seed = 1; seed <= enough; seed += 1) {
      const broken = await runHistory(seed, options).then(
        () => undefined,
        (error: Error) => error.message,
      );
      if (broken !== undefined) return broken;
    }
    return "nothing found";
  }

  const rules = brokenRules.map((rule) => [rule.is, rule] as const);
  it.each(rules)("finds out when %s", patience, async (_, { breaks, options }) => {
    const found = await firstBreak(options);
    expect(found.slice(0, 2)).toBe(breaks);
    expect(found).toMatch(/\nseed \d+, step \d+ \(/);
  });

  it("reports the same history for the same seed, to the last word, and no token in it", async () => {
    const [strict] = brokenRules;
    if (!strict) throw new Error("There is no broken rule");
    const [once, again] = [await firstBreak(strict.options), await firstBreak(strict.options)];
    expect(again).toBe(once);
    expect(once).toContain("sends refresh of session");
    expect(once).not.toMatch(/eyJ|rt1\.|su1\.|[\w-]{40}/);
  });
});
