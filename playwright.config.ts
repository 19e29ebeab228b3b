import { defineConfig, devices } from "@playwright/test";
import type { WorkerFixtures } from "./e2e/fixtures.ts";
import { type E2eServer, e2eServer, serverWithoutProxy, watchedServer } from "./e2e/server.ts";

const devtoolsJourneys = "devtools.spec.ts";

/**
 * The journeys run against the built app, on a port and a database of their own; those of the devtools, which no build
 * has, against the reloading one.
 */
export default defineConfig<object, Pick<WorkerFixtures, "server">>({
  testDir: "e2e",
  outputDir: "test-results/e2e",
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  workers: 2,
  // For machines that are slow or busy. What has to happen within a given time says so itself.
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: [
    ["list"],
    ...(process.env.E2E_SUMMARY ? [["json", { outputFile: process.env.E2E_SUMMARY }] as const] : []),
  ],
  use: {
    ...devices["Desktop Chrome"],
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
        // A process for each page and a spare one cost most of a second each to start; what pages share they share as before.
        "--renderer-process-limit=1",
      ],
    },
  },
  projects: [
    // First, because its journeys go one after the other: at the end the other worker would wait for them.
    {
      name: "devtools",
      testMatch: devtoolsJourneys,
      // Pages are compiled when they are first asked for.
      timeout: 180_000,
      expect: { timeout: 30_000 },
      use: { baseURL: watchedServer.url, server: watchedServer },
    },
    // Second: quick ones, beside which pages are compiled.
    {
      // Who may see what is decided by each page and each procedure. Taking the proxy away must change nothing of it.
      name: "without-proxy",
      grep: /@authorisation/,
      use: { baseURL: serverWithoutProxy.url, server: serverWithoutProxy },
    },
    { name: "app", testIgnore: devtoolsJourneys, use: { baseURL: e2eServer.url, server: e2eServer } },
  ],
  webServer: [
    // It compiles for half a minute. Nobody waits for that but the journeys that need it; see `devtools.spec.ts`.
    started(watchedServer, "node e2e/serve.mjs --dev"),
    served(e2eServer, "node e2e/serve.mjs"),
    served(serverWithoutProxy, "node e2e/without-proxy.mjs"),
  ],
});

/** A server that every journey waits for. */
function served(server: E2eServer, command: string) {
  return { ...started(server, command), url: `${server.url}/api/trpc/auth.me`, timeout: 120_000 } as const;
}

function started({ env }: E2eServer, command: string) {
  return {
    command,
    reuseExistingServer: false,
    stdout: "ignore",
    gracefulShutdown: { signal: "SIGTERM", timeout: 5_000 },
    env,
  } as const;
}
