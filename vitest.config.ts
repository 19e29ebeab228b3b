import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "scripts/**/*.test.ts"],
    // The server's code marks itself with this; under a bundler it is what keeps it out of a browser.
    alias: { "server-only": new URL("./apps/web/node_modules/server-only/empty.js", import.meta.url).pathname },
    globalSetup: "./scripts/child-programs.mjs",
    // All cores: what vitest leaves free for itself by default is half of a small machine, and it needs next to nothing.
    maxWorkers: "100%",
    testTimeout: 20_000,
    reporters: process.env.VITEST_SUMMARY
      ? ["default", ["json", { outputFile: process.env.VITEST_SUMMARY }]]
      : ["default"],
  },
});
