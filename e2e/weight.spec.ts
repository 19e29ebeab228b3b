import { gzipSync } from "node:zlib";
import type { APIRequestContext, Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

/**
 * How much script the answer of a page may load, in kB of 1000 bytes, each file compressed by gzip. An empty page of Next
 * has 134.6; what is above it is ours. Polyfills for browsers without modules count for no browser of today.
 */
const budgetsKB = {
  "/login": 142,
  "/register": 143,
  "/forgot-password": 142,
  "/reset-password": 142,
  "/": 142,
} as const;

for (const [path, budgetKB] of Object.entries(budgetsKB)) {
  test(`${path} loads at most ${budgetKB} kB of script for a visitor`, async ({ request }) => {
    const scripts = await scriptsOf(request, path);
    expect(scripts.length).toBeGreaterThan(4);
    const bytes = await Promise.all(scripts.map(async (url) => gzipSync(await (await request.get(url)).body()).length));
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(budgetKB * 1000);
  });
}

test("a visitor loads no file of the typed client, and a logged-in user does, on the same page", async ({
  page,
  context,
  logIn,
}) => {
  for (const path of ["/", "/forgot-password"]) {
    const hasClient = watchForClient(page);
    await context.clearCookies();
    await page.goto(path, { waitUntil: "networkidle" });
    expect(await hasClient(), `visitor at ${path}`).toBe(false);
    await logIn(context);
    await page.goto(path);
    await expect.poll(hasClient, `user at ${path}`).toBe(true);
  }
});

test("the home page of a logged-in user follows the session, though what does that is loaded later", async ({
  page,
  context,
  logIn,
  expireAccess,
}) => {
  await logIn(context);
  await page.goto("/");
  await expect(page.getByText("The first pair of this session.")).toBeVisible();
  await expireAccess(context);
  await expect(page.getByText(/Pair number [23] of this session\./)).toBeVisible();
  const other = await context.newPage();
  await other.goto("/forgot-password");
  await other.getByRole("button", { name: "Log out" }).click();
  for (const tab of [page, other]) await expect(tab).toHaveURL("/login?from=logout");
});

test("every font that a page preloads is used on it", async ({ page, context, logIn }) => {
  const forVisitors = ["/", "/login", "/register", "/forgot-password", "/reset-password", "/verify-email", "/outbox"];
  for (const path of [...forVisitors, "/forgot-password/sent", "/register/sent", "/nothing-is-here"]) {
    await expectPreloadedFontsUsed(page, path);
  }
  await logIn(context);
  for (const path of ["/", "/files", "/account", "/account/password", "/account/email", "/account/delete"]) {
    await expectPreloadedFontsUsed(page, path);
  }
});

/** The addresses of all scripts that an answer names, each once: those that run, and those that are preloaded. */
async function scriptsOf(request: APIRequestContext, path: string): Promise<string[]> {
  const html = await (await request.get(path)).text();
  const tags = [...(html.match(/<script\b[^>]*>/g) ?? []), ...(html.match(/<link\b[^>]*as="script"[^>]*>/g) ?? [])];
  const modern = tags.filter((tag) => !/\bnomodule\b/i.test(tag));
  return [...new Set(modern.flatMap((tag) => /\b(?:src|href)="([^"]+)"/.exec(tag)?.[1] ?? []))];
}

/** Answers whether any script that the page has loaded since has tRPC's client in it. */
function watchForClient(page: Page): () => Promise<boolean> {
  const texts: Promise<string>[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() === "script") texts.push(response.text().catch(() => ""));
  });
  return async () => (await Promise.all(texts)).some((text) => text.includes("TRPCClientError"));
}

async function expectPreloadedFontsUsed(page: Page, path: string): Promise<void> {
  const response = await page.goto(path, { waitUntil: "load" });
  const preloaded = await preloadedFonts(page, response?.headers().link ?? "");
  const used = await page.evaluate(async () => {
    await document.fonts.ready;
    const families = [...document.fonts].filter(({ status }) => status === "loaded").map(({ family }) => family);
    const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
    return rules.flatMap((rule) => {
      if (!(rule instanceof CSSFontFaceRule)) return [];
      const family = rule.style.getPropertyValue("font-family").replace(/["']/g, "");
      const isUsed = families.some((name) => name.replace(/["']/g, "") === family);
      const file = /url\(["']?([^"')]+)/.exec(rule.style.getPropertyValue("src"))?.[1];
      return isUsed && file ? [new URL(file, rule.parentStyleSheet?.href ?? document.baseURI).pathname] : [];
    });
  });
  expect(
    preloaded.filter((file) => !used.includes(file)),
    path,
  ).toEqual([]);
}

/** Next names them in the header `Link`, where it knows them in time, and in the page else. */
async function preloadedFonts(page: Page, header: string): Promise<string[]> {
  const inHeader = header.split(/,(?=\s*<)/).flatMap((link) => {
    return /as="?font/.test(link) ? (/<([^>]+)>/.exec(link)?.[1] ?? []) : [];
  });
  const inPage = await page
    .locator('link[rel="preload"][as="font"]')
    .evaluateAll((links) => links.map((link) => new URL((link as HTMLLinkElement).href).pathname));
  return [...new Set([...inHeader, ...inPage])];
}
