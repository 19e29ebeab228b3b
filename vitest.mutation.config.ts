import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const takesASecond =
  /(?:worker-pool|bcrypt-hasher|identifiers|-pairs|refresh-token|skeleton|key-ring|refresh|single-script)\.test\.ts$/;

/** The first test that fails is enough, so those that take a second wait for the many that take none. */
class QuickOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => Number(takesASecond.test(moduleId));
    return files.sort((a, b) => rank(a) - rank(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

/** The tests that `npm run mutation` runs against each change of core (docs/mutation.md). */
export default defineConfig({
  test: {
    include: [
      "packages/auth/src/core/**/*.test.ts",
      // What a second factor has to withstand is stated through the real router.
      "packages/auth/src/trpc/routers/{second-factor,step-up-kinds,unknown-kinds}.test.ts",
    ],
    // Two thirds of the time of all of them, for rules that the tests beside the rule state one by one.
    exclude: [
      "packages/auth/src/core/{flows/refresh-properties,flows/refresh-orders,flows/refresh-many,cleanup-orders}.test.ts",
    ],
    // Each change gets a fresh thread in any case; within it, core is loaded once and not for each file.
    isolate: false,
    sequence: { sequencer: QuickOnesFirst },
    // Stryker knows itself when a change never ends; a machine that has other things to do is no reason to call it noticed.
    testTimeout: 300_000,
  },
});
