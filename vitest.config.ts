import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Those that take longest begin first: one of them at the end would let the other cores wait for it. */
const longest = /(?:process(?:es)?|simulator|serve-app|naughty-\w+|password)\.test\.ts$/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => longest.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** Tests that replace a module or change what a whole process shares: each file has a process of its own. */
const alone = [
  "apps/*/src/**/*.test.ts",
  "scripts/**/*.test.ts",
  "packages/auth/src/token-file/**/*.test.ts",
  "packages/auth/src/trpc/http/both-handlers.test.ts",
  "packages/db/src/sqlite/stores/reset-work.test.ts",
];

export default defineConfig({
  test: {
    // The server's code marks itself with this; under a bundler it is what keeps it out of a browser.
    alias: { "server-only": new URL("./apps/web/node_modules/server-only/empty.js", import.meta.url).pathname },
    globalSetup: "./scripts/child-programs.mjs",
    // All cores: what vitest leaves free for itself by default is half of a small machine, and it needs next to nothing.
    maxWorkers: "100%",
    testTimeout: 20_000,
    sequence: { sequencer: LongestFirst },
    reporters: process.env.VITEST_SUMMARY
      ? ["default", ["json", { outputFile: process.env.VITEST_SUMMARY }]]
      : ["default"],
    projects: [
      { extends: true, test: { name: "alone", include: alone } },
      // The others import the same modules over and over: in one process they are loaded once, which is a third of their time.
      {
        extends: true,
        test: { name: "together", include: ["packages/*/{src,test}/**/*.test.ts"], exclude: alone, isolate: false },
      },
    ],
  },
});
