// What does a silent refresh cost? How many a browser with 20 tabs makes for each access token that runs out, and how much
// longer the call takes that finds out.
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";
import { createTRPCClient, httpLink } from "@trpc/client";
import type { AppRouter } from "@watchword/api";
import { createBodySession, createMemoryTokenStore, refreshLink } from "@watchword/auth/client";
import { openSqlite } from "@watchword/db/sqlite";
import { startApp } from "./app.ts";

const account = { username: "bench", email: "bench@example.com", name: "Bench", password: "a long enough password" };

await countInBrowser({ tabs: 20, expiries: 3, ttlSeconds: 30 });
await timeWaiting({ rounds: 15, ttlSeconds: 1 });

async function countInBrowser(options: { tabs: number; expiries: number; ttlSeconds: number }): Promise<void> {
  const { tabs, expiries, ttlSeconds } = options;
  const app = await startApp({ BCRYPT_COST: "6", ACCESS_TOKEN_TTL_SECONDS: String(ttlSeconds) });
  const database = openSqlite({ file: app.databaseFile });
  const generation = () => Number(database.client.prepare("select max(generation) from sessions").pluck().get());
  const executablePath = [process.env.CHROMIUM_PATH, "/usr/bin/chromium"].find((path) => path && existsSync(path));
  const browser = await chromium.launch({ args: ["--no-sandbox"], ...(executablePath ? { executablePath } : {}) });
  const context = await browser.newContext({ baseURL: new URL(app.url).origin.replace("127.0.0.1", "localhost") });
  await context.request.post("/api/trpc/auth.register", { data: account });
  const pages = await Promise.all(Array.from({ length: tabs }, () => context.newPage()));
  for (const page of pages) await page.goto("/files");

  // Rotations within half of a token's life belong to one expiry: each after the first was one too many.
  const before = generation();
  let [seen, seenAt, periods] = [before, Number.NEGATIVE_INFINITY, 0];
  const end = performance.now() + (expiries + 0.5) * ttlSeconds * 1000;
  while (performance.now() < end) {
    await pages[0]?.waitForTimeout(250);
    if (generation() === seen) continue;
    if (performance.now() - seenAt > ttlSeconds * 500) periods += 1;
    [seen, seenAt] = [generation(), performance.now()];
  }
  const made = seen - before;
  const loggedIn = pages.filter((page) => new URL(page.url()).pathname === "/files").length;
  console.log(`  tabs still logged in:  ${loggedIn} of ${tabs}, after ${periods} expiries`);
  console.log(`  rotations an expiry:   ${(made / periods).toFixed(1)} (goal: 1)`);
  await browser.close();
  database.close();
  await app.stop();
}

async function timeWaiting({ rounds, ttlSeconds }: { rounds: number; ttlSeconds: number }): Promise<void> {
  const app = await startApp({ BCRYPT_COST: "6", ACCESS_TOKEN_TTL_SECONDS: String(ttlSeconds) });
  const store = createMemoryTokenStore();
  await store.write(await app.call("auth.register", { ...account, delivery: "body" }));
  const session = createBodySession({ url: app.url, store });
  const client = createTRPCClient<AppRouter>({
    links: [refreshLink({ session }), httpLink({ url: app.url, headers: session.headers })],
  });
  const timed = async () => {
    const sent = performance.now();
    await client.auth.me.query();
    return performance.now() - sent;
  };
  const [waiting, ready]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, ttlSeconds * 1000 + 100));
    waiting.push(await timed());
    ready.push(await timed());
  }
  console.log(`  a call that waits:     ${median(waiting).toFixed(1)} ms (refused, refreshed, run again)`);
  console.log(`  a call that does not:  ${median(ready).toFixed(1)} ms`);
  console.log(`  a refresh adds:        ${(median(waiting) - median(ready)).toFixed(1)} ms`);
  await app.stop();
}

function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
