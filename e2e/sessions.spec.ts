import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

const listOf = (page: Page) => page.getByRole("region", { name: "Your other sessions" });

/** In the page itself, because asking from outside takes longer than what is measured on a busy machine. */
function noteWhenHidden(page: Page): Promise<void> {
  return page.evaluate(() => {
    const seen = new MutationObserver(() => {
      if (document.documentElement.dataset.session !== "hidden") return;
      sessionStorage.setItem("hiddenAt", String(Date.now()));
      seen.disconnect();
    });
    seen.observe(document.documentElement, { attributes: true });
  });
}

test("ending one's login on another device takes its page away within a second, and says why", async ({
  page,
  context,
  browser,
  logIn,
  shoot,
}) => {
  await logIn(context);
  const elsewhere = await browser.newContext();
  await logIn(elsewhere);
  const other = await elsewhere.newPage();
  await other.goto("/files");
  await noteWhenHidden(other);
  await page.goto("/account/sessions");
  await expect(listOf(page).getByRole("listitem")).toHaveCount(1);
  await shoot(page, "sessions-two");
  const endedAt = Date.now();
  await listOf(page)
    .getByRole("button", { name: /^End the session on/ })
    .click();
  await expect(other.getByRole("dialog")).toContainText("you ended this session from another one");
  const hiddenAt = Number(await other.evaluate(() => sessionStorage.getItem("hiddenAt")));
  expect(hiddenAt - endedAt).toBeLessThan(1_000);
  await expect(listOf(page).getByText("You are logged in nowhere else.")).toBeVisible();
  await other.goto("/files");
  await expect(other).toHaveURL(/\/login/);
  await elsewhere.close();
});

test("ending all other logins leaves this one", async ({ page, context, browser, logIn }) => {
  await logIn(context);
  const others = [await browser.newContext(), await browser.newContext()];
  for (const other of others) await logIn(other);
  await page.goto("/account/sessions");
  await expect(listOf(page).getByRole("listitem")).toHaveCount(2);
  await listOf(page).getByRole("button", { name: "End all others" }).click();
  await expect(listOf(page).getByRole("listitem")).toHaveCount(0);
  await expect(listOf(page).getByRole("button", { name: "End all others" })).toHaveCount(0);
  for (const other of others) {
    const visited = await other.newPage();
    await visited.goto("/account");
    await expect(visited).toHaveURL(/from=elsewhere/);
    await expect(visited.getByText("you ended this session from another one")).toBeVisible();
    await other.close();
  }
  await page.reload();
  await expect(page).toHaveURL(/\/account\/sessions$/);
});

test("a login is ended without JavaScript, too", async ({ browser, logIn }) => {
  const plain = await browser.newContext({ javaScriptEnabled: false });
  await logIn(plain);
  const other = await browser.newContext();
  await logIn(other);
  const page = await plain.newPage();
  await page.goto("/account/sessions");
  await listOf(page)
    .getByRole("button", { name: /^End the session on/ })
    .click();
  await expect(page.locator(":focus")).toHaveText("That session is ended. Its device has to log in again.");
  await expect(listOf(page).getByRole("listitem")).toHaveCount(0);
  const visited = await other.newPage();
  await visited.goto("/account");
  await expect(visited).toHaveURL(/\/login/);
  await plain.close();
  await other.close();
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("fifty sessions come by pages: this one first, and each of the others once", async ({
      page,
      context,
      auth,
      person,
      logIn,
    }) => {
      const credentials = { identifier: person.username, password: person.password };
      for (let count = 0; count < 49; count += 1) {
        const userAgent = `watchword/0.${count}.0 (linux)`;
        await auth.login({ ...credentials, delivery: "body", rememberMe: true, userAgent, ipAddress: "198.51.100.9" });
      }
      await logIn(context);
      await page.goto("/account/sessions");
      await expect(page.getByRole("region", { name: "This session" })).toContainText("this device");
      const ids: Array<string | null> = [];
      for (let count = 1; ; count += 1) {
        await expect(page.getByText("50 sessions with this one.")).toBeVisible();
        expect(await page.getByRole("region", { name: "This session" }).count()).toBe(count === 1 ? 1 : 0);
        const links = await listOf(page)
          .getByRole("link", { name: /^Activity on / })
          .all();
        expect(links.length).toBeLessThanOrEqual(20);
        for (const link of links) ids.push(await link.getAttribute("href"));
        const next = page.getByRole("link", { name: "Next page" });
        if ((await next.count()) === 0) break;
        await next.click();
        await expect(page.getByRole("link", { name: "First page" })).toBeVisible();
      }
      expect([ids.length, new Set(ids).size]).toEqual([49, 49]);
      await page.getByRole("link", { name: "First page" }).click();
      await listOf(page)
        .getByRole("link", { name: /^Activity on / })
        .first()
        .click();
      await expect(page.getByText("Of one session alone.")).toBeVisible();
      await expect(page.getByRole("listitem").filter({ hasText: "Logged in from" })).toHaveCount(1);
    });
  });
}
