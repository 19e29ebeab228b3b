import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { build } from "esbuild";
import { expect, test } from "./fixtures.ts";

const web = new URL("../apps/web/", import.meta.url);

/** The page, with the app's own client, as a script for a browser. */
async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("src/session/trpc/suspense.harness.tsx", web))],
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"development"' },
  });
  return outputFiles[0]?.text ?? "";
}

/** Opens it at an address of the app, in front of a network that answers nothing until it is told to. */
async function openOnSlowNetwork(page: Page): Promise<{ asked: string[]; cancelled: string[]; answer: () => void }> {
  const script = await bundlePage();
  const [asked, cancelled]: string[][] = [[], []];
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route("**/suspense", (route) => {
    const body = "<!doctype html><title>Suspense</title><body><script src='/suspense.js'></script>";
    return route.fulfill({ contentType: "text/html", body });
  });
  await page.route("**/suspense.js", (route) => route.fulfill({ contentType: "text/javascript", body: script }));
  await page.route("**/api/trpc/**", async (route) => {
    await answered;
    await route.continue();
  });
  const pathOf = (url: string) => new URL(url).pathname.replace("/api/trpc/", "");
  page.on("request", (sent) => sent.url().includes("/api/trpc/") && asked?.push(pathOf(sent.url())));
  page.on("requestfailed", (failed) => cancelled?.push(pathOf(failed.url())));
  await page.goto("/suspense");
  return { asked: asked ?? [], cancelled: cancelled ?? [], answer };
}

/** Mounts what waits anew, so often, and lets React and the browser finish each time. */
async function remount(page: Page, times: number): Promise<void> {
  await page.evaluate(async (count) => {
    for (let round = 0; round < count; round += 1) {
      window.dispatchEvent(new Event("remount"));
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    }
  }, times);
}

for (const { minutesAgo, requests } of [
  { minutesAgo: 0, requests: ["auth.me"] },
  { minutesAgo: 20, requests: ["auth.me", "auth.refresh", "auth.me"] },
]) {
  test(`with Suspense on a slow network a page load asks for its session once, however often it is mounted anew: a session ${minutesAgo} minutes old`, async ({
    page,
    context,
    logIn,
    person,
  }) => {
    await logIn(context, { minutesAgo });
    const { asked, cancelled, answer } = await openOnSlowNetwork(page);
    await expect(page.getByRole("status")).toBeVisible();
    await expect.poll(() => asked).toEqual(["auth.me"]);
    await remount(page, 30);
    expect(asked).toEqual(["auth.me"]);
    answer();
    await expect(page.getByText(person.email)).toHaveCount(3);
    await remount(page, 30);
    await expect(page.getByText(person.email)).toHaveCount(3);
    expect(asked).toEqual(requests);
    expect(cancelled).toEqual([]);
  });
}
