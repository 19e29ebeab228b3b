import { defineConfig } from "vitest/config";

/** The tests that `npm run mutation` runs against each change of core (docs/mutation.md). */
export default defineConfig({
  test: {
    include: ["packages/auth/src/core/**/*.test.ts"],
    // Two thirds of the time of all of them, for rules that the tests beside the rule state one by one.
    exclude: ["packages/auth/src/core/{refresh-properties,refresh-orders,refresh-many,housekeeping-orders}.test.ts"],
    // Each change gets a fresh thread in any case; within it, core is loaded once and not for each file.
    isolate: false,
    testTimeout: 20_000,
  },
});
