import type { BrowserContext, Page } from "@playwright/test";
import { expectNoViolations } from "./axe.ts";
import { expect, test } from "./fixtures.ts";

/** Longer than a step-up lasts, shorter than an access token: nothing but the password is missing. */
const aWhileAgo = { minutesAgo: 12 };

type LogIn = (context: BrowserContext, options?: { minutesAgo?: number }) => Promise<unknown>;

async function openAccount({ page, context, logIn }: { page: Page; context: BrowserContext; logIn: LogIn }) {
  await logIn(context, aWhileAgo);
  await page.goto("/account");
  const name = page.getByRole("textbox", { name: "Full name" });
  const dialog = page.getByRole("dialog", { name: "Confirm it is you" });
  const password = dialog.getByLabel("Password", { exact: true });
  return { name, dialog, password };
}

test("a new name waits for the password, says when that is wrong, and is kept when it is right", async ({
  page,
  context,
  logIn,
  person,
}) => {
  const { name, dialog, password } = await openAccount({ page, context, logIn });
  const calls: string[] = [];
  page.on("request", (sent) => {
    if (/auth\.(changeName|confirmPassword)/.test(sent.url())) calls.push(sent.url().split("/").at(-1) ?? "");
  });
  await name.fill("Ada King");
  await page.getByRole("button", { name: "Change name" }).click();
  await expect(password).toBeFocused();
  await password.fill("not the right one");
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(password).toHaveAccessibleDescription(/That password is not right/);
  await expect(dialog.getByRole("alert")).toHaveText("That password is not right");
  await password.fill(person.password);
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("Your name is changed.")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "Ada King" })).toBeVisible();
  expect(calls).toEqual(["changeName", "confirmPassword", "confirmPassword", "changeName"].map((of) => `auth.${of}`));

  await name.fill("Ada Byron");
  await page.getByRole("button", { name: "Change name" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Ada Byron" })).toBeVisible();
  expect(calls.slice(4)).toEqual(["auth.changeName"]);
});

test("a user who cancels the password dialog finds everything as it was", async ({ page, context, logIn, person }) => {
  const { name, dialog } = await openAccount({ page, context, logIn });
  await name.fill("Ada King");
  const change = page.getByRole("button", { name: "Change name" });
  await change.click();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();
  await expect(change).toBeFocused();
  await expect(name).toHaveValue("Ada King");
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: person.name })).toBeVisible();
});

test("by keyboard alone: Escape goes back to where one was, and Enter confirms", async ({
  page,
  context,
  logIn,
  person,
}) => {
  const { name, dialog, password } = await openAccount({ page, context, logIn });
  await name.fill("Ada King");
  await page.keyboard.press("Enter");
  await expect(password).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(name).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(password).toBeFocused();
  await page.keyboard.type(person.password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Ada King" })).toBeVisible();
  await expect(name).toBeFocused();
});

test("the question has no violation and fits, wide and narrow, light and dark", async ({
  page,
  context,
  logIn,
  shoot,
}) => {
  const { dialog, password } = await openAccount({ page, context, logIn });
  await page.getByRole("button", { name: "Change name" }).click();
  await password.fill("not the right one");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toHaveText("That password is not right");
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    await expectNoViolations(page, `the question, ${width}`, (theme) =>
      shoot(page, `${theme}-${width}-confirm-password`),
    );
  }
});
