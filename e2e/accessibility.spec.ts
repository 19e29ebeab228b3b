import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

async function expectNoViolations(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  expect(found, what).toEqual([]);
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 360]) {
    test.describe(`${colorScheme}, ${width} pixels wide`, () => {
      test.use({ colorScheme, viewport: { width, height: 800 } });

      test("the pages for everybody have no violation, and nothing is cut off", async ({ page, shoot }) => {
        for (const path of ["/", "/login", "/register", "/forgot-password", "/nowhere"]) {
          await page.goto(path);
          await expectNoViolations(page, path);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          expect(overflow, path).toBeLessThanOrEqual(0);
          expect(await page.locator("title").count(), path).toBe(1);
          expect(await page.locator("h1").count(), path).toBe(1);
          await shoot(page, `${colorScheme}-${width}${path.replaceAll("/", "-")}`);
        }
      });

      test("the pages of whoever is logged in have no violation", async ({ page, context, logIn, shoot }) => {
        await logIn(context);
        for (const path of ["/", "/account", "/account/password", "/files"]) {
          await page.goto(path);
          await expectNoViolations(page, path);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          expect(overflow, path).toBeLessThanOrEqual(0);
          await shoot(page, `${colorScheme}-${width}-in${path.replaceAll("/", "-")}`);
        }
      });

      test("a form that was refused has no violation", async ({ page, shoot }) => {
        for (const path of ["/login", "/register"]) {
          await page.goto(path);
          await page.getByRole("button", { name: /^(Log in|Create account)$/ }).click();
          await expect(page.locator(":focus")).toContainText("There is a problem");
          await expectNoViolations(page, path);
          await shoot(page, `${colorScheme}-${width}${path.replaceAll("/", "-")}-refused`);
        }
      });
    });
  }
}

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
