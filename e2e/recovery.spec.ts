import type { Page } from "@playwright/test";
import { expectGoodInAllViews } from "./axe.ts";
import { expect, type Person, test } from "./fixtures.ts";
import { linkIn } from "./outbox.ts";

const newPassword = "a wholly different sentence";

async function askForLink(page: Page, person: Person): Promise<void> {
  await page.goto("/login");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await page.getByLabel("Email").fill(person.email);
  await page.getByRole("button", { name: "Send me a link" }).click();
  await expect(page.getByRole("heading", { name: "Check your email" })).toBeVisible();
}

test("a forgotten password is set anew by a link; another browser is out, and the link is used up", async ({
  page,
  browser,
  logIn,
  person,
  request,
}) => {
  const elsewhere = await browser.newContext();
  await logIn(elsewhere);
  await askForLink(page, person);
  expect(page.url()).not.toContain("example.com");
  const link = await linkIn(request, person.email, "reset-password");

  // What a mail scanner does: it follows the link, and nothing is used up.
  const looked = await request.get(link);
  expect(looked.headers()).toMatchObject({ "referrer-policy": "same-origin" });
  expect(looked.headers()["cache-control"]).toContain("no-store");

  await page.goto(link);
  await expect(page.getByLabel("Username")).toHaveValue(person.username);
  await page.getByLabel("New password").fill("short");
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page.getByRole("link", { name: "Use at least 8 characters" })).toBeVisible();
  await page.getByLabel("New password").fill(newPassword);
  await page.getByRole("button", { name: "Set password" }).click();
  await expect(page).toHaveURL("/login?from=reset");
  await expect(page.getByText("Your new password is set.")).toBeVisible();

  const other = await elsewhere.newPage();
  await other.goto("/account");
  await expect(other).toHaveURL(/\/login/);
  await elsewhere.close();

  await page.getByLabel("Username or email").fill(person.username);
  await page.getByLabel("Password", { exact: true }).fill(newPassword);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page).toHaveURL("/account");
  await page.goto("/account/activity");
  await expect(page.getByText("New password set with a link from an email")).toBeVisible();
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "This link is not valid or has expired" })).toBeVisible();
});

test("an address is confirmed, changed with the password, and the account is deleted in the end", async ({
  page,
  context,
  logIn,
  person,
  request,
}) => {
  await logIn(context, { minutesAgo: 12 });
  const verify = await linkIn(request, person.email, "verify-email");
  await page.goto(verify);
  await page.getByRole("button", { name: "Confirm this address" }).click();
  await expect(page.getByRole("heading", { name: "Your email address is confirmed" })).toBeVisible();
  await page.getByRole("link", { name: "Go to your account" }).click();
  await expect(page.getByText("confirmed", { exact: true })).toBeVisible();

  await page.getByRole("link", { name: "Change the address" }).click();
  const changed = `new.${person.email}`;
  await page.getByLabel("New email").fill(changed);
  await page.getByRole("button", { name: "Send the link" }).click();
  const dialog = page.getByRole("dialog", { name: "Confirm it is you" });
  await dialog.getByLabel("Password", { exact: true }).fill(person.password);
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(page).toHaveURL("/account?from=email");
  await page.goto(await linkIn(request, changed, "verify-email"));
  await page.getByRole("button", { name: "Use this address" }).click();
  await expect(page.getByRole("heading", { name: "Your new email address is in use" })).toBeVisible();
  await page.getByRole("link", { name: "Go to your account" }).click();
  await expect(page.getByText(changed)).toBeVisible();

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download all your data" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("watchword-data.json");

  await page.getByRole("link", { name: "Delete your account" }).click();
  await page.getByRole("button", { name: "Delete my account" }).click();
  await expect(page).toHaveURL("/login?from=deleted");
  await expect(page.getByText("Your account is deleted")).toBeVisible();
  await page.getByLabel("Username or email").fill(person.username);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("link", { name: "That username or password is not right" })).toBeVisible();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a forgotten password is set anew, an address confirmed and changed, and the account deleted", async ({
    page,
    context,
    logIn,
    person,
    request,
  }) => {
    await askForLink(page, person);
    await page.goto(await linkIn(request, person.email, "reset-password"));
    await page.getByLabel("New password").fill(newPassword);
    await page.getByRole("button", { name: "Set password" }).click();
    await expect(page).toHaveURL("/login?from=reset");

    await logIn(context, { as: { ...person, password: newPassword } });
    await page.goto("/account/email");
    await page.getByLabel("New email").fill(person.email);
    await page.getByRole("button", { name: "Send the link" }).click();
    await expect(page.getByRole("link", { name: "That is your address already" })).toBeVisible();
    const changed = `new.${person.email}`;
    await page.getByLabel("New email").fill(changed);
    await page.getByRole("button", { name: "Send the link" }).click();
    await expect(page).toHaveURL("/account?from=email");
    await page.goto(await linkIn(request, changed, "verify-email"));
    await page.getByRole("button", { name: "Use this address" }).click();
    await expect(page).toHaveURL("/verify-email?done=changed");
    await page.goto("/account/delete");
    await page.getByRole("button", { name: "Delete my account" }).click();
    await expect(page).toHaveURL("/login?from=deleted");
  });
});

test("the pages of recovery have no violation and fit: wide and narrow, light and dark", async ({
  page,
  context,
  logIn,
  person,
  request,
  shoot,
}) => {
  await askForLink(page, person);
  const reset = await linkIn(request, person.email, "reset-password");
  const verify = await linkIn(request, person.email, "verify-email");
  await logIn(context);
  const pages = { reset, verify, outbox: "/outbox", account: "/account", delete: "/account/delete" };
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(path);
    await expectGoodInAllViews(page, name, (view) => shoot(page, `${view}-recovery-${name}`));
  }
});
