import type { Page } from "@playwright/test";
import { completed } from "@watchword/auth/testing";
import { expect, test } from "./fixtures.ts";

async function upload(page: Page, name: string): Promise<void> {
  await page.setInputFiles('input[type="file"]', { name, mimeType: "text/plain", buffer: Buffer.from(name) });
  await expect(page.getByRole("row", { name: new RegExp(name) })).toBeVisible();
}

test("what one uploads or deletes in one browser is seen in another, without a reload", async ({
  page,
  context,
  browser,
  logIn,
}) => {
  await logIn(context);
  const elsewhere = await browser.newContext();
  await logIn(elsewhere);
  const other = await elsewhere.newPage();
  await other.goto("/files");
  await page.goto("/files");
  await upload(page, "seen.txt");
  await expect(other.getByRole("row", { name: /seen\.txt/ })).toBeVisible({ timeout: 2_000 });
  await page.getByRole("button", { name: "Delete seen.txt" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(other.getByRole("row", { name: /seen\.txt/ })).toBeHidden({ timeout: 2_000 });
  await elsewhere.close();
});

test("the list of one's sessions follows logins and logouts elsewhere", async ({
  page,
  context,
  logIn,
  auth,
  person,
}) => {
  await logIn(context);
  await page.goto("/account/sessions");
  const list = page.getByRole("region", { name: "Your other sessions" });
  await expect(list.getByText("You are logged in nowhere else.")).toBeVisible();
  const elsewhere = await completed(
    auth.login({
      identifier: person.username,
      password: person.password,
      delivery: "body",
      rememberMe: true,
      userAgent: "watchword/0.1.0 (linux)",
      ipAddress: null,
    }),
  );
  await expect(list.getByText("Watchword in a terminal")).toBeVisible({ timeout: 2_000 });
  await auth.logout({ refreshToken: elsewhere.refreshToken, accessToken: undefined });
  await expect(list.getByText("Watchword in a terminal")).toBeHidden({ timeout: 2_000 });
});

test("one stream serves all tabs, and the next tab goes on with it when the first one closes", async ({
  context,
  logIn,
}) => {
  await logIn(context);
  const streams: string[] = [];
  context.on("request", (sent) => {
    if (sent.url().includes("live.changes")) streams.push(sent.url());
  });
  const tabs = [await context.newPage(), await context.newPage(), await context.newPage()];
  for (const tab of tabs) {
    await tab.goto("/files");
    // The first one keeps the stream: the next must not be there before it has begun.
    await expect.poll(() => streams).toHaveLength(1);
  }
  const [first, second, third] = tabs as [Page, Page, Page];
  await upload(second, "one.txt");
  await expect(third.getByRole("row", { name: /one\.txt/ })).toBeVisible();
  expect(streams).toHaveLength(1);
  await first.close();
  await upload(second, "two.txt");
  await expect(third.getByRole("row", { name: /two\.txt/ })).toBeVisible();
  expect(streams).toHaveLength(2);
  // The one that took over said where to go on.
  expect(decodeURIComponent(streams[1] ?? "")).toContain("lastEventId");
});

test("a stream outlives the access token it began with: it is resumed after a refresh, and no event is lost", async ({
  page,
  context,
  logIn,
  database,
}) => {
  const { session } = await logIn(context, { minutesAgo: 14.75 });
  const generation = () =>
    database.client.prepare("select generation from sessions where id = ?").pluck().get(session.id) as number;
  const streams: string[] = [];
  page.on("request", (sent) => {
    if (sent.url().includes("live.changes")) streams.push(sent.url());
  });
  await page.goto("/files");
  await upload(page, "before.txt");
  // A quarter of a minute later the access token has run out, by the server's clock.
  await expect.poll(() => streams.length, { timeout: 30_000 }).toBeGreaterThan(1);
  expect(generation()).toBeGreaterThan(0);
  await upload(page, "after.txt");
  await expect(page.getByRole("row", { name: /before\.txt/ })).toBeVisible();
  await expect(page).toHaveURL("/files");
});
