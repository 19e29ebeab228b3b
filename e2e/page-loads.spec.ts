import type { APIResponse } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

test("documents, server components and prefetches at once, with an expired access token, make one rotation (R18)", async ({
  context,
  logIn,
  database,
}) => {
  const { session } = await logIn(context, { minutesAgo: 20 });
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const kinds: Record<string, string>[] = [
    { "sec-fetch-dest": "document" },
    { rsc: "1" },
    { rsc: "1", "next-router-prefetch": "1" },
    { purpose: "prefetch" },
  ];
  // Next sends a request for server components on to the address that caches know it by: to the same page.
  const get = (path: string, headers: Record<string, string>): Promise<APIResponse> =>
    context.request.get(path, { headers: { cookie, ...headers }, maxRedirects: headers.rsc === "1" ? 1 : 0 });
  const pathOf = (n: number) => (n % 8 < 4 ? "/account" : "/files");
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_, n) => get(pathOf(n), kinds[n % kinds.length] ?? {})),
  );
  for (const [n, answer] of answers.entries()) {
    const ahead = n % kinds.length >= 2;
    if (!ahead) expect([answer.status(), new URL(answer.url()).pathname], `request ${n}`).toEqual([200, pathOf(n)]);
    // What is only fetched ahead is given no new tokens.
    if (ahead) expect(answer.headers()["set-cookie"], `request ${n}`).toBeUndefined();
  }
  const generation = database.client.prepare("select generation from sessions where id = ?").pluck().get(session.id);
  expect(generation).toBe(1);
});

test("a prefetch never spends a token", async ({ context, logIn, database }) => {
  const { session } = await logIn(context, { minutesAgo: 20 });
  for (const headers of [
    { "next-router-prefetch": "1", rsc: "1" },
    { purpose: "prefetch" },
    { "sec-purpose": "prefetch;prerender" },
  ]) {
    await context.request.get("/account", { headers: { ...headers }, maxRedirects: 0 });
  }
  const generation = database.client.prepare("select generation from sessions where id = ?").pluck().get(session.id);
  expect(generation).toBe(0);
});

test("a page knows its reader without asking: nothing is fetched that the page came with", async ({
  page,
  context,
  logIn,
  person,
}) => {
  await logIn(context, { minutesAgo: 20 });
  const asked: string[] = [];
  page.on("request", (sent) => {
    const { pathname } = new URL(sent.url());
    if (pathname.startsWith("/api/trpc/")) asked.push(pathname);
  });
  const stream = page.waitForRequest("**/live.changes**"); // it may begin before the page has loaded in full
  const response = await page.goto("/account");
  const html = (await response?.text()) ?? "";
  expect(html).toContain(person.email);
  // The cache of the page's own client begins with it.
  expect(html).toContain('\\"auth\\",\\"me\\"');
  await stream;
  await expect(page.getByText(person.email)).toBeVisible();
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  expect(asked.filter((path) => path !== "/api/trpc/live.changes")).toEqual([]);
});

test("five tabs that wake up long after the access token ran out make one refresh (C01)", async ({
  context,
  logIn,
  expireAccess,
  database,
}) => {
  const { session } = await logIn(context);
  const tabs = await Promise.all(Array.from({ length: 5 }, () => context.newPage()));
  await Promise.all(tabs.map((tab) => tab.goto("/files")));
  await expireAccess(context);
  const generation = () =>
    database.client.prepare("select generation from sessions where id = ?").pluck().get(session.id) as number;
  const before = generation();
  const refreshes: string[] = [];
  context.on("request", (sent) => {
    if (sent.url().includes("auth.refresh")) refreshes.push(sent.url());
  });
  await Promise.all(
    tabs.map((tab, n) =>
      tab.setInputFiles('input[type="file"]', {
        name: `${n}.txt`,
        mimeType: "text/plain",
        buffer: Buffer.from(`${n}`),
      }),
    ),
  );
  for (const [n, tab] of tabs.entries()) await expect(tab.getByRole("row", { name: `${n}.txt` })).toBeVisible();
  expect(refreshes).toHaveLength(1);
  expect(generation()).toBe(before + 1);
  for (const tab of tabs) await expect(tab).toHaveURL("/files");
});

test("being offline when a refresh is due logs no user out, and work goes on afterwards (C05)", async ({
  page,
  context,
  logIn,
  expireAccess,
}) => {
  await logIn(context);
  await page.goto("/files");
  await expireAccess(context);
  await context.setOffline(true);
  await page.setInputFiles('input[type="file"]', { name: "off.txt", mimeType: "text/plain", buffer: Buffer.from("o") });
  await expect(page.getByRole("button", { name: /again/i }).first()).toBeVisible();
  await context.setOffline(false);
  await page.getByRole("button", { name: /again/i }).first().click();
  await expect(page.getByRole("row", { name: /off\.txt/ })).toBeVisible();
  await expect(page).toHaveURL("/files");
});

test("a browser that keeps no cookies gets a sentence that says so, and no endless redirect (C07)", async ({
  page,
  context,
  person,
}) => {
  await page.goto("/login?next=%2Faccount");
  // As when cookies are blocked for the site: the login succeeds, and nothing of it is kept.
  await page.route("**/login?*", async (route) => {
    const response = await route.fetch();
    await context.clearCookies();
    const { "set-cookie": _, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
  await page.getByLabel("Username or email").fill(person.username);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Your browser blocks the cookies of this site")).toBeVisible();
  await expect(page.getByLabel("Username or email")).toHaveValue(person.username);
});
