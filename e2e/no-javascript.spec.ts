import { expect, test } from "./fixtures.ts";

test.use({ javaScriptEnabled: false });

test("register, log out and log in work without JavaScript", async ({ page, shoot }) => {
  const tag = Math.random().toString(36).slice(2, 10);
  await page.goto("/register");
  await page.getByLabel("Your name").fill("Katherine Johnson");
  await page.getByLabel("Email").fill(`kj.${tag}@example.com`);
  await page.getByLabel("Username").fill(`kj-${tag}`);
  await page.getByLabel("Password", { exact: true }).fill("the numbers must agree");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL("/account");
  await expect(page.getByText("Katherine Johnson").first()).toBeVisible();
  await shoot(page, "no-javascript-account");

  await page.getByRole("button", { name: "Log out" }).first().click();
  await expect(page).toHaveURL("/login?from=logout");

  await page.getByLabel("Username or email").fill(`KJ.${tag}@example.com`);
  await page.getByLabel("Password", { exact: true }).fill("the numbers must agree");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page).toHaveURL("/account");
});

test("a wrong password comes back with the name kept, the password gone, and the title saying so", async ({
  page,
  person,
  shoot,
}) => {
  await page.goto("/login?next=%2Ffiles");
  await page.getByLabel("Username or email").fill(person.username);
  await page.getByLabel("Password", { exact: true }).fill("not the right one");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("link", { name: "That username or password is not right" })).toBeVisible();
  await expect(page.getByLabel("Username or email")).toHaveValue(person.username);
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
  await expect(page).toHaveTitle(/^Error: /);
  expect(page.url()).not.toContain("right");
  await shoot(page, "no-javascript-wrong-password");

  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page).toHaveURL("/files");
});

test("the password of a logged-in person is changed without JavaScript", async ({
  page,
  context,
  logIn,
  person,
  auth,
}) => {
  await logIn(context);
  await page.goto("/account/password");
  await page.getByLabel("Current password").fill(person.password);
  await page.getByLabel("New password").fill("a wholly different sentence");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page).toHaveURL(/\/account/);
  const login = { delivery: "body", rememberMe: true, userAgent: null, ipAddress: null } as const;
  await auth.login({ ...login, identifier: person.username, password: "a wholly different sentence" });
});

test("a page whose access token has run out renders for its reader at once", async ({
  page,
  context,
  logIn,
  person,
}) => {
  await logIn(context, { minutesAgo: 20 });
  await page.goto("/account");
  await expect(page).toHaveURL("/account");
  await expect(page.getByText(person.name).first()).toBeVisible();
});

test("no button is shown that needs JavaScript to do anything", async ({ page }) => {
  for (const path of ["/login", "/register"]) {
    await page.goto(path);
    await expect(page.getByRole("button", { name: /show password/i })).toHaveCount(0);
  }
});

test("a download of one's data, and a change of address, ask for the password and go on", async ({
  page,
  context,
  logIn,
  person,
}) => {
  await logIn(context, { minutesAgo: 12 });
  await page.goto("/account");
  await page.getByRole("link", { name: "Download all your data" }).click();
  await expect(page).toHaveURL("/account/confirm?next=%2Faccount%2Fexport");
  await page.getByLabel("Password", { exact: true }).fill("not the right one");
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByRole("link", { name: "That password is not right" })).toBeVisible();
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Confirm" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("watchword-data.json");
  await expect(page).toHaveURL("/account/your-data");

  await logIn(context, { minutesAgo: 12 });
  await page.goto("/account/email");
  await page.getByLabel("New email").fill("ada.king@example.org");
  await page.getByRole("button", { name: "Send the link" }).click();
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page).toHaveURL("/account/email");
});
