import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

const listOf = (page: Page) => page.getByRole("region", { name: "Where you are logged in" });

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
  await page.goto("/account");
  await expect(listOf(page).getByRole("listitem")).toHaveCount(2);
  await shoot(page, "sessions-two");
  const endedAt = Date.now();
  await listOf(page)
    .getByRole("button", { name: /^End the session on/ })
    .click();
  await expect(other.getByRole("dialog")).toContainText("you ended this session from another one");
  const hiddenAt = Number(await other.evaluate(() => sessionStorage.getItem("hiddenAt")));
  expect(hiddenAt - endedAt).toBeLessThan(1_000);
  await expect(listOf(page).getByRole("listitem")).toHaveCount(1);
  await other.goto("/files");
  await expect(other).toHaveURL(/\/login/);
  await elsewhere.close();
});

test("ending all other logins leaves this one", async ({ page, context, browser, logIn }) => {
  await logIn(context);
  const others = [await browser.newContext(), await browser.newContext()];
  for (const other of others) await logIn(other);
  await page.goto("/account");
  await expect(listOf(page).getByRole("listitem")).toHaveCount(3);
  await listOf(page).getByRole("button", { name: "End all others" }).click();
  await expect(listOf(page).getByRole("listitem")).toHaveCount(1);
  await expect(listOf(page).getByRole("button", { name: "End all others" })).toHaveCount(0);
  for (const other of others) {
    const visited = await other.newPage();
    await visited.goto("/account");
    await expect(visited).toHaveURL(/from=elsewhere/);
    await expect(visited.getByText("you ended this session from another one")).toBeVisible();
    await other.close();
  }
  await page.reload();
  await expect(page).toHaveURL(/\/account$/);
});

test("a login is ended without JavaScript, too", async ({ browser, logIn }) => {
  const plain = await browser.newContext({ javaScriptEnabled: false });
  await logIn(plain);
  const other = await browser.newContext();
  await logIn(other);
  const page = await plain.newPage();
  await page.goto("/account");
  await listOf(page)
    .getByRole("button", { name: /^End the session on/ })
    .click();
  await expect(listOf(page).getByRole("listitem")).toHaveCount(1);
  const visited = await other.newPage();
  await visited.goto("/account");
  await expect(visited).toHaveURL(/\/login/);
  await plain.close();
  await other.close();
});
