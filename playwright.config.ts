import { defineConfig, devices } from "@playwright/test";
import { e2eServer } from "./e2e/server.ts";

/** The journeys run against the built app, on a port and a database of their own. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results/e2e",
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  workers: 2,
  timeout: 45_000,
  reporter: [
    ["list"],
    ...(process.env.E2E_SUMMARY ? [["json", { outputFile: process.env.E2E_SUMMARY }] as const] : []),
  ],
  use: {
    ...devices["Desktop Chrome"],
    baseURL: e2eServer.url,
    screenshot: "only-on-failure",
    launchOptions: {
      ...(process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {}),
      args: [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        "--no-first-run",
      ],
    },
  },
  webServer: {
    command: "node e2e/serve.mjs",
    url: `${e2eServer.url}/api/trpc/auth.me`,
    reuseExistingServer: false,
    timeout: 60_000,
    stdout: "ignore",
    gracefulShutdown: { signal: "SIGTERM", timeout: 5_000 },
    env: e2eServer.env,
  },
});
