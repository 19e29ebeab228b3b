import type { Page } from "@playwright/test";
import { completed } from "@watchword/auth/testing";
import { expect, test } from "./fixtures.ts";
import { untilTaken } from "./until-taken.ts";

const sessionsOf = (page: Page) => page.getByRole("region", { name: "Your other sessions" });
const expectAnnounced = (page: Page, text: string | RegExp) =>
  expect(page.getByRole("status").filter({ hasText: text }).first()).toBeAttached();

test("ending a login moves the focus to the heading of the list and announces it; so does ending all others", async ({
  page,
  context,
  browser,
  logIn,
}) => {
  await logIn(context);
  const others = [await browser.newContext(), await browser.newContext(), await browser.newContext()];
  for (const other of others) await logIn(other);
  await page.goto("/account/sessions");
  await untilTaken(page); // before that the browser posts the form itself
  const heading = page.getByRole("heading", { name: "Your other sessions" });
  await sessionsOf(page)
    .getByRole("button", { name: /^End the session on/ })
    .first()
    .press("Enter");
  await expect(sessionsOf(page).getByRole("listitem")).toHaveCount(2);
  await expect(heading).toBeFocused();
  await expectAnnounced(page, /^The session on .* is ended$/);
  await sessionsOf(page).getByRole("button", { name: "End all others" }).press("Enter");
  await expect(sessionsOf(page).getByRole("listitem")).toHaveCount(0);
  await expect(heading).toBeFocused();
  await expectAnnounced(page, "All your other sessions are ended");
  for (const other of others) await other.close();
});

test("a row that another device takes away does not take the focus along", async ({
  page,
  context,
  logIn,
  auth,
  person,
}) => {
  await logIn(context);
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
  await page.goto("/account/sessions");
  await untilTaken(page);
  await sessionsOf(page)
    .getByRole("button", { name: /Watchword in a terminal/ })
    .focus();
  await auth.logout({ refreshToken: elsewhere.refreshToken, accessToken: undefined });
  await expect(sessionsOf(page).getByRole("listitem")).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Your other sessions" })).toBeFocused();
});

test("offline a button says that it is at work or that it failed, and never both", async ({
  page,
  context,
  browser,
  logIn,
}) => {
  await logIn(context);
  const other = await browser.newContext();
  await logIn(other);
  await page.goto("/account/sessions");
  await untilTaken(page);
  await expect(sessionsOf(page).getByRole("listitem")).toHaveCount(1);
  await context.setOffline(true);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await sessionsOf(page)
      .getByRole("button", { name: /^End the session on/ })
      .click();
    await expect(sessionsOf(page).getByRole("alert").filter({ hasText: "You are offline" })).toBeVisible();
    await expect(sessionsOf(page).getByText("Ending…")).toHaveCount(0);
  }
  await context.setOffline(false);
  await sessionsOf(page)
    .getByRole("button", { name: /^End the session on/ })
    .click();
  await expect(sessionsOf(page).getByRole("listitem")).toHaveCount(0);
  await expect(sessionsOf(page).getByText("You are offline")).toHaveCount(0);
  await other.close();
});

test("a form that is sent again shows no error of before while it is at work", async ({ page }) => {
  await page.goto("/login");
  await page.getByRole("button", { name: "Log in" }).click();
  const problem = page.getByRole("heading", { name: "There is a problem" });
  await expect(problem).toBeVisible();
  await page.getByLabel("Username or email").fill("somebody");
  await page.getByLabel("Password", { exact: true }).fill("typed in a tunnel");
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/login", async (route) => {
    await held;
    await route.abort("internetdisconnected");
  });
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("button", { name: /Logging in/ })).toBeVisible();
  await expect(problem).toHaveCount(0);
  release();
  await expect(problem).toBeVisible();
  await expect(page.getByText("Logging in…")).toHaveCount(0);
  await expect(page.getByLabel("Username or email")).toHaveValue("somebody");
});

test("a rejected name is named in a summary that has the focus, at its field and in the title", async ({
  page,
  context,
  logIn,
}) => {
  await logIn(context);
  await page.goto("/account");
  const name = page.getByRole("textbox", { name: "Full name" });
  await name.fill(" ");
  await page.getByRole("button", { name: "Change name" }).click();
  await expect(page.locator(":focus")).toContainText("There is a problem");
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await expect(page).toHaveTitle(/^Error: /);
  await page.getByRole("link", { name: "Enter your name" }).click();
  await expect(name).toBeFocused();
  await name.fill("Ada King");
  await page.keyboard.press("Enter");
  await expectAnnounced(page, "Your name is changed.");
  await expect(page.getByRole("heading", { level: 1, name: "Ada King" })).toBeVisible();
  await expect(page).toHaveTitle(/^Profile/);
  await expect(name).toBeFocused();
});

test("a file that is deleted, and an upload that is cleared away, leave the focus on the page and are announced", async ({
  server,
  page,
  context,
  logIn,
}) => {
  await logIn(context);
  await page.goto("/files");
  const large = { name: "large.bin", mimeType: "text/plain", buffer: Buffer.alloc(server.maxFileBytes * 1.5) };
  await page.setInputFiles('input[type="file"]', [large]);
  await page.getByRole("button", { name: "Clear: large.bin" }).press("Enter");
  await expect(page.getByRole("heading", { name: "Files" })).toBeFocused();
  await expectAnnounced(page, "large.bin is removed from the list");
  await page.setInputFiles('input[type="file"]', [{ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("a") }]);
  await page.getByRole("button", { name: "Delete a.txt" }).press("Enter");
  const dialog = page.getByRole("dialog");
  await context.setOffline(true);
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(dialog.getByRole("alert")).toContainText("could not be deleted");
  await expect(dialog.getByText("Deleting…")).toHaveCount(0);
  await context.setOffline(false);
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("heading", { name: "Files" })).toBeFocused();
  await expectAnnounced(page, "a.txt is deleted");
});

test("what an administrator does is announced, and the focus stays on the page", async ({
  page,
  context,
  auth,
  logIn,
  person,
  anotherPerson,
}) => {
  const admin = await auth.admin.findNamed(person.username);
  await auth.admin.setRole({ actor: null, userId: admin?.id ?? "", role: "admin" });
  await logIn(context);
  const user = await auth.admin.findNamed(anotherPerson.username);
  await page.goto(`/admin/users/${user?.id}`);
  await page.getByText("Disable this account…").press("Enter");
  await page.getByRole("button", { name: "Disable this account" }).press("Enter");
  await expect(page.getByRole("button", { name: "Enable this account" })).toBeVisible();
  await expectAnnounced(page, "This account is disabled.");
  await expect(page.locator(":focus")).not.toHaveCount(0);
  await page.getByRole("button", { name: "Enable this account" }).press("Enter");
  await expectAnnounced(page, "This account is enabled.");
  await expect(page.getByText("Disable this account…")).toBeVisible();
  await expect(page.getByRole("heading", { name: "What you can do" })).toBeFocused();
});

test("a mail that is sent again is said where the next page begins", async ({ page, context, logIn }) => {
  await logIn(context);
  await page.goto("/account");
  await page.getByRole("button", { name: "Send the link again" }).press("Enter");
  await expect(page).toHaveURL("/account?from=verification");
  await expect(page.locator(":focus")).toContainText("A link was sent to your address");
});

test("both questions for a password lead to a forgotten one", async ({ page, context, logIn, auth }) => {
  const { accessToken } = await logIn(context, { minutesAgo: 12 });
  await page.goto("/account");
  await page.getByRole("textbox", { name: "Full name" }).fill("Ada King");
  await page.getByRole("button", { name: "Change name" }).click();
  const confirm = page.getByRole("dialog", { name: "Confirm it is you" });
  await expect(confirm.getByRole("link", { name: "Forgot your password?" })).toHaveAttribute(
    "href",
    "/forgot-password?next=%2Faccount",
  );
  await confirm.getByRole("button", { name: "Cancel" }).click();
  await auth.logout({ accessToken, refreshToken: undefined });
  const again = page.getByRole("dialog", { name: "Log in again to continue" });
  await expect(again.getByRole("link", { name: "Forgot your password?" })).toBeVisible();
  await again.getByRole("button", { name: "Log in" }).click();
  await expect(again.getByRole("alert")).toHaveText("Enter your password");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("ending a login and changing the name lead to a page that says so first", async ({
    page,
    context,
    browser,
    logIn,
  }) => {
    await logIn(context);
    const other = await browser.newContext();
    await logIn(other);
    await page.goto("/account/sessions");
    await sessionsOf(page)
      .getByRole("button", { name: /^End the session on/ })
      .click();
    await expect(page.locator(":focus")).toHaveText("That session is ended. Its device has to log in again.");
    await page.goto("/account");
    await page.getByRole("textbox", { name: "Full name" }).fill(" ");
    await page.getByRole("button", { name: "Change name" }).click();
    await expect(page.locator(":focus")).toContainText("There is a problem");
    await page.getByRole("textbox", { name: "Full name" }).fill("Ada King");
    await page.getByRole("button", { name: "Change name" }).click();
    await expect(page.locator(":focus")).toHaveText("Your name is changed.");
    await other.close();
  });
});
