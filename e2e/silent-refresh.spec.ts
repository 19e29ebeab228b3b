import type { BrowserContext } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

async function refreshCookie(context: BrowserContext): Promise<string | undefined> {
  return (await context.cookies()).find(({ name }) => name.includes("watchword.refresh"))?.value;
}

test("a page opened after the access token has run out knows its reader on the first paint", async ({
  page,
  context,
  logIn,
  person,
}) => {
  await logIn(context, { minutesAgo: 20 });
  const before = await refreshCookie(context);
  const response = await page.goto("/account");
  expect(response?.status()).toBe(200);
  expect(response?.request().redirectedFrom()).toBeNull();
  expect(await response?.text()).toContain(person.name);
  expect(await refreshCookie(context)).not.toBe(before);
  await expect(page.getByText(person.name).first()).toBeVisible();
});

test("calls that find the access token expired while the page is open are run again, and the user does not notice", async ({
  page,
  context,
  logIn,
  expireAccess,
}) => {
  await logIn(context);
  await page.goto("/files");
  await page.setInputFiles('input[type="file"]', {
    name: "first.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("1"),
  });
  await expect(page.getByRole("row", { name: /first\.txt/ })).toBeVisible();
  await expireAccess(context);
  const refreshes: string[] = [];
  page.on("request", (sent) => {
    if (sent.url().includes("auth.refresh")) refreshes.push(sent.url());
  });
  await page.setInputFiles('input[type="file"]', {
    name: "second.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("2"),
  });
  await expect(page.getByRole("row", { name: /second\.txt/ })).toBeVisible();
  expect(refreshes).toHaveLength(1);
  await expect(page).toHaveURL("/files");
});

test("ten pages opened at once with an expired access token all render, and the session is rotated once", {
  tag: "@authorisation",
}, async ({ context, logIn, database }) => {
  const { session } = await logIn(context, { minutesAgo: 20 });
  const pages = await Promise.all(Array.from({ length: 10 }, () => context.newPage()));
  const responses = await Promise.all(pages.map((page) => page.goto("/account")));
  expect(responses.map((response) => response?.status())).toEqual(Array(10).fill(200));
  for (const page of pages) await expect(page).toHaveURL("/account");
  const generation = database.client.prepare("select generation from sessions where id = ?").pluck().get(session.id);
  expect(generation).toBe(1);
});

test("a browser that was killed before it kept the new cookies comes back with the old ones and is let in", async ({
  page,
  context,
  logIn,
}) => {
  await logIn(context, { minutesAgo: 20 });
  const old = await context.cookies();
  await page.goto("/account");
  await context.clearCookies();
  await context.addCookies(old);
  await page.goto("/account");
  await expect(page).toHaveURL("/account");
});

test("a download link works after the access token has run out", async ({ page, context, logIn, expireAccess }) => {
  await logIn(context);
  await page.goto("/files");
  await page.setInputFiles('input[type="file"]', {
    name: "kept.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("kept"),
  });
  const link = page.getByRole("link", { name: /kept\.txt/ }).first();
  await expect(link).toBeVisible();
  await expireAccess(context);
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  expect(download.suggestedFilename()).toBe("kept.txt");
  expect(await download.failure()).toBeNull();
});

test("a server action after the access token has run out does what was asked", async ({
  page,
  context,
  logIn,
  expireAccess,
  person,
}) => {
  await logIn(context);
  await page.goto("/account/password");
  await expireAccess(context);
  await page.getByLabel("Current password").fill(person.password);
  await page.getByLabel("New password").fill("a wholly different sentence");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page).toHaveURL(/\/account\/security\?from=password$/);
});

test("a copied refresh token ends the session for both, and its owner reads why", { tag: "@authorisation" }, async ({
  page,
  context,
  logIn,
  auth,
  shoot,
}) => {
  const { refreshToken } = await logIn(context, { minutesAgo: 60 });
  // The owner goes on; the thief's copy is two behind by then.
  await page.goto("/account");
  await expect(page).toHaveURL("/account");
  const current = await refreshCookie(context);
  await auth.refresh({ refreshToken: current ?? "", delivery: "cookie" });
  await expect(auth.refresh({ refreshToken, delivery: "cookie" })).rejects.toMatchObject({
    reason: "refresh_token_reused",
  });
  await page.goto("/account");
  await expect(page).toHaveURL("/login?next=%2Faccount&from=reused");
  await expect(page.getByText("its refresh token was used twice")).toBeVisible();
  await shoot(page, "token-reused");
});

test("a page that is not refreshed by the proxy still decides by itself, and gets there", async ({
  page,
  context,
  logIn,
}) => {
  await logIn(context, { minutesAgo: 20 });
  // What the proxy leaves alone: a request that says it is only a prefetch.
  const prefetched = await page.request.get("/account", { headers: { purpose: "prefetch" }, maxRedirects: 0 });
  expect(prefetched.status()).toBe(307);
  expect(prefetched.headers().location).toContain("/reconnect?next=%2Faccount");
  await page.setExtraHTTPHeaders({ purpose: "prefetch" });
  await page.goto("/account");
  await expect(page).toHaveURL("/account");
});

test("while the server cannot be reached a page says that one is still logged in, and goes on by itself when it can", async ({
  page,
  context,
  logIn,
  shoot,
}) => {
  await logIn(context, { minutesAgo: 20 });
  await page.route("**/api/trpc/auth.refresh", (route) => route.abort("connectionrefused"));
  // As when the proxy could not refresh: it leaves alone what says that it is only fetched ahead.
  await page.setExtraHTTPHeaders({ purpose: "prefetch" });
  await page.goto("/account");
  await expect(page.getByText("You are still logged in")).toBeVisible();
  await shoot(page, "reconnecting");
  await page.unroute("**/api/trpc/auth.refresh");
  await expect(page).toHaveURL("/account", { timeout: 20_000 });
});
