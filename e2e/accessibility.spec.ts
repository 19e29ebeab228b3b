import { expectGoodInAllViews } from "./axe.ts";
import { expect, test } from "./fixtures.ts";

const nameOf = (path: string) => path.replaceAll("/", "-");

test("the pages for everybody have no violation, and nothing is cut off: wide and narrow, light and dark", async ({
  page,
  shoot,
}) => {
  for (const path of ["/", "/login", "/register", "/forgot-password", "/nowhere"]) {
    await page.goto(path);
    expect(await page.locator("title").count(), path).toBe(1);
    expect(await page.locator("h1").count(), path).toBe(1);
    await expectGoodInAllViews(page, path, (view) => shoot(page, view + nameOf(path)));
  }
});

test("the pages of a logged-in user have no violation, and nothing is cut off", async ({
  page,
  context,
  logIn,
  shoot,
}) => {
  await logIn(context);
  for (const path of ["/", "/account", "/account/password", "/files"]) {
    await page.goto(path);
    await expectGoodInAllViews(page, path, (view) => shoot(page, `${view}-in${nameOf(path)}`));
  }
});

test("a form that was rejected has no violation", async ({ page, shoot }) => {
  for (const path of ["/login", "/register"]) {
    await page.goto(path);
    await page.getByRole("button", { name: /^(Log in|Create account)$/ }).click();
    await expect(page.locator(":focus")).toContainText("There is a problem");
    await expectGoodInAllViews(page, path, (view) => shoot(page, `${view}-refused${nameOf(path)}`));
  }
});

test("everything on the login page is reached and done by keyboard alone", async ({ page, person }) => {
  await page.goto("/login");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: /skip/i })).toBeFocused();
  await page.getByLabel("Username or email").focus();
  await page.keyboard.type(person.username);
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Password", { exact: true })).toBeFocused();
  await page.keyboard.type(person.password);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Show password" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await expect(page.getByLabel("Stay logged in on this device")).toBeChecked();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/account");
});
