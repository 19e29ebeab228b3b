import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

/** What "within a second" is measured with. */
const withinASecond = { timeout: 1_000 };

/**
 * Notes when a page takes what is private off the screen, also when it leaves right afterwards: a locator would wait for
 * the next page to load, and measure that.
 */
async function noteHiding(page: Page): Promise<{ afterMs(since: number): Promise<number> }> {
  let note = () => {};
  const hiddenAt = new Promise<number>((resolve) => {
    note = () => resolve(performance.now());
  });
  await page.exposeFunction("noteHidden", () => note());
  await page.evaluate(() => {
    const isHidden = () =>
      getComputedStyle(document.body.querySelector("main") ?? document.body).visibility === "hidden";
    const looks = () => isHidden() && Reflect.get(window, "noteHidden")();
    new MutationObserver(looks).observe(document.documentElement, { attributes: true });
  });
  return { afterMs: async (since) => (await hiddenAt) - since };
}

async function logOut(page: Page): Promise<void> {
  await page.getByRole("navigation").getByRole("button", { name: "Log out" }).click();
}

test("logging out in one tab takes everything private off every other tab within a second (C06)", async ({
  context,
  logIn,
  person,
}) => {
  await logIn(context);
  const [one, other] = [await context.newPage(), await context.newPage()];
  await other.goto("/account");
  await one.goto("/files");
  await expect(other.getByText(person.email)).toBeVisible();
  const hiding = await noteHiding(other);
  const answered = one.waitForResponse("**/auth.logout");
  await logOut(one);
  await answered;
  expect(await hiding.afterMs(performance.now())).toBeLessThan(1_000);
  await expect(other).toHaveURL(/\/login\?from=logout/);
  await other.goBack();
  await expect(other.getByText(person.email)).toBeHidden();
});

test("A logout without JavaScript reaches the other tabs within a second, and asks for no password there", async ({
  context,
  logIn,
  person,
}) => {
  await logIn(context);
  const [one, other] = [await context.newPage(), await context.newPage()];
  // No script of this page ever arrives: its form is sent by the browser, and no message reaches the other tab.
  await one.route("**/*.js", (route) => route.abort());
  await one.goto("/account");
  const streamed = other.waitForRequest("**/live.changes**");
  await other.goto("/account");
  await streamed;
  await expect(other.getByText(person.email)).toBeVisible();
  const answered = one.waitForResponse((response) => response.request().method() === "POST");
  const left = other.waitForRequest((sent) => sent.isNavigationRequest() && sent.url().includes("/login?from=logout"));
  await logOut(one);
  await answered;
  const since = performance.now();
  await left;
  expect(performance.now() - since).toBeLessThan(1_000);
  await expect(other).toHaveURL(/\/login\?from=logout/);
  await expect(other.getByRole("dialog")).toBeHidden();
});

test("a tab goes by the cookie: when it is gone, for whatever cause, nothing private stays on the screen", async ({
  context,
  logIn,
  person,
}) => {
  await logIn(context);
  const page = await context.newPage();
  await page.goto("/account");
  await expect(page.getByText(person.email)).toBeVisible();
  const hiding = await noteHiding(page);
  await context.clearCookies();
  expect(await hiding.afterMs(performance.now())).toBeLessThan(1_000);
  await expect(page).toHaveURL(/\/login/);
});

test("another user who logs in replaces the first in every tab by a full load", async ({
  context,
  logIn,
  person,
  anotherPerson,
}) => {
  await logIn(context);
  const page = await context.newPage();
  await page.goto("/account");
  await expect(page.getByText(person.email)).toBeVisible();
  await page.evaluate(() => Object.assign(window, { before: true }));
  const hiding = await noteHiding(page);
  await logIn(context, { as: anotherPerson });
  expect(await hiding.afterMs(performance.now())).toBeLessThan(1_000);
  await expect(page.getByText(anotherPerson.email)).toBeVisible();
  expect(await page.evaluate(() => "before" in window)).toBe(false);
});

test("a session that is ended elsewhere leaves the screen of every tab within a second, and the password brings all back", async ({
  context,
  logIn,
  person,
  auth,
  shoot,
}) => {
  const { refreshToken } = await logIn(context);
  const [one, other] = [await context.newPage(), await context.newPage()];
  await one.goto("/account");
  await other.goto("/files");
  await expect(one.getByText(person.email)).toBeVisible();
  await expect(other.getByRole("heading", { name: "Files" })).toBeVisible();
  await auth.logout({ refreshToken, accessToken: undefined });
  await expect(one.getByText(person.email)).toBeHidden(withinASecond);
  await expect(other.getByRole("heading", { name: "Files" })).toBeHidden(withinASecond);
  const dialog = one.getByRole("dialog", { name: "Log in again to continue" });
  await expect(dialog).toContainText("You were logged out on this device");
  await shoot(one, "login-again");
  await dialog.getByLabel("Password", { exact: true }).fill("not the right one");
  await dialog.getByRole("button", { name: "Log in", exact: true }).click();
  await expect(dialog).toContainText("That password is not right");
  await dialog.getByLabel("Password", { exact: true }).fill(person.password);
  await dialog.getByRole("button", { name: "Log in", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(one.getByText(person.email)).toBeVisible();
  await expect(other.getByRole("dialog")).toBeHidden();
  await expect(other.getByRole("heading", { name: "Files" })).toBeVisible();
});

test("a session that ends while the user types keeps what they typed, and runs the failed call again", async ({
  page,
  context,
  logIn,
  person,
  auth,
}) => {
  const { refreshToken } = await logIn(context);
  await page.goto("/account/password");
  await page.getByLabel("Current password").fill(person.password);
  await page.getByLabel("New password").fill("a wholly different sentence");
  await auth.logout({ refreshToken, accessToken: undefined });
  const dialog = page.getByRole("dialog", { name: "Log in again to continue" });
  await expect(dialog).toBeVisible();
  await dialog.getByLabel("Password", { exact: true }).fill(person.password);
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(page.getByLabel("New password")).toHaveValue("a wholly different sentence");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your password is changed")).toBeVisible();
});

test("a call that finds the session over is made again after the password, and does what was asked", async ({
  page,
  context,
  logIn,
  person,
  auth,
}) => {
  const { refreshToken } = await logIn(context);
  await page.goto("/files");
  // So that it is the upload that finds out, and not the live stream.
  await page.route("**/live.changes**", (route) => route.abort());
  await page.reload();
  await auth.logout({ refreshToken, accessToken: undefined });
  await page.setInputFiles('input[type="file"]', {
    name: "kept.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("k"),
  });
  const dialog = page.getByRole("dialog", { name: "Log in again to continue" });
  await expect(dialog).toBeVisible();
  await dialog.getByLabel("Password", { exact: true }).fill(person.password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("row", { name: /kept\.txt/ })).toBeVisible();
});

test("logging in as another user from there takes nothing of the first one along", async ({
  page,
  context,
  logIn,
  person,
  anotherPerson,
  auth,
}) => {
  const { refreshToken } = await logIn(context);
  await page.goto("/account");
  await auth.logout({ refreshToken, accessToken: undefined });
  const dialog = page.getByRole("dialog", { name: "Log in again to continue" });
  await dialog.getByRole("link", { name: "Log in as another user" }).click();
  await page.getByLabel("Username or email").fill(anotherPerson.username);
  await page.getByLabel("Password", { exact: true }).fill(anotherPerson.password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/account");
  await expect(page.getByText(anotherPerson.email)).toBeVisible();
  await expect(page.getByText(person.email)).toHaveCount(0);
});

test("a refresh that is answered after the logout brings no session back", async ({
  page,
  context,
  logIn,
  expireAccess,
}) => {
  await logIn(context);
  await page.goto("/files");
  await page.route("**/live.changes**", (route) => route.abort());
  await page.reload();
  await expireAccess(context);
  let answer: (() => void) | undefined;
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  // The server has answered, and the answer is still on its way when the user logs out.
  await page.route("**/auth.refresh", async (route) => {
    const response = await route.fetch();
    await held;
    await route.fulfill({ response }).catch(() => undefined);
  });
  const refreshing = page.waitForRequest("**/auth.refresh"); // it may be under way before the file is said to be chosen
  await page.setInputFiles('input[type="file"]', {
    name: "late.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("l"),
  });
  await refreshing;
  await logOut(page);
  await expect(page).toHaveURL(/\/login/);
  answer?.();
  await page.goto("/account");
  await expect(page).toHaveURL(/\/login/);
  const jar = (await context.cookies()).filter(({ name }) => name.includes("watchword"));
  expect(jar).toEqual([]);
});
