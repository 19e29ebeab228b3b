import { expect, test } from "./fixtures.ts";

const tag = () => Math.random().toString(36).slice(2, 10);

test("a new user registers, is logged in, and is where they wanted to be", async ({ page, shoot }) => {
  const name = tag();
  await page.goto("/register?next=%2Ffiles");
  await shoot(page, "register");
  await page.getByLabel("Your name").fill("Grace Hopper");
  await page.getByLabel("Email").fill(`grace.${name}@example.com`);
  await page.getByLabel("Username").fill(`grace-${name}`);
  await page.getByLabel("Password", { exact: true }).fill("a ship in port is safe");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL("/files");
  await page.goto("/account");
  await expect(page.getByText("Grace Hopper").first()).toBeVisible();
  await shoot(page, "account-after-register");
});

test("a taken username in another case is said at its field, and nothing typed is lost but nothing shown twice", async ({
  page,
  person,
  shoot,
}) => {
  await page.goto("/register");
  await page.getByLabel("Your name").fill("Somebody Else");
  await page.getByLabel("Email").fill(`${tag()}@example.com`);
  await page.getByLabel("Username").fill(person.username.toUpperCase());
  await page.getByLabel("Password", { exact: true }).fill("another long sentence");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "There is a problem" })).toBeVisible();
  await expect(page.getByLabel("Username")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Your name")).toHaveValue("Somebody Else");
  await expect(page).toHaveTitle(/^Error: /);
  await shoot(page, "register-taken");
});

for (const [password, sentence] of [
  ["short", /at least 8 characters/i],
  ["password123", /common/i],
] as const) {
  test(`the password "${password}" is rejected with the reason`, async ({ page }) => {
    const name = tag();
    await page.goto("/register");
    await page.getByLabel("Your name").fill("Somebody");
    await page.getByLabel("Email").fill(`${name}@example.com`);
    await page.getByLabel("Username").fill(name);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByRole("link", { name: sentence })).toBeVisible();
    await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute("aria-invalid", "true");
  });
}

test("how strong a new password is, is said while it is typed, by what is loaded only then", async ({
  page,
  shoot,
}) => {
  const loaded: string[] = [];
  page.on("response", (response) => loaded.push(response.url()));
  await page.goto("/register");
  await page.getByLabel("Your name").fill("Ada Lovelace");
  const before = loaded.filter((url) => url.endsWith(".js")).length;
  const field = page.getByLabel("Password", { exact: true });
  await field.pressSequentially("password1");
  await expect(page.getByRole("meter")).toHaveJSProperty("value", 0);
  await expect(page.getByText("Guessed at once. Some more words would help")).toBeVisible();
  expect(loaded.filter((url) => url.endsWith(".js")).length).toBeGreaterThan(before);
  await field.fill("falcon candle lantern river");
  await expect(page.getByRole("meter")).toHaveJSProperty("value", 4);
  await shoot(page, "register-strength");
  await field.fill("");
  await expect(page.getByRole("meter")).toHaveCount(0);
});

test("all problems are shown at once: empty fields, shapes and the password", async ({ page, shoot }) => {
  await page.goto("/register");
  await page.getByLabel("Email").fill("nobody");
  await page.getByLabel("Username").fill("a");
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  const summary = page.getByRole("alert", { name: "There is a problem" });
  await expect(summary.getByRole("listitem")).toHaveText([
    "Enter your name",
    "Enter an email address, like name@example.com",
    "Use at least 3 characters",
    "Use at least 8 characters",
  ]);
  for (const field of ["name", "email", "username", "password"]) {
    await expect(page.locator(`#${field}`)).toHaveAttribute("aria-invalid", "true");
  }
  await shoot(page, "register-all-problems");
});

test("an address and a name that are taken lead to the login and to a new password, and are typed once", async ({
  page,
  person,
  shoot,
}) => {
  await page.goto("/register?next=%2Ffiles");
  await page.getByLabel("Your name").fill("Ada");
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Username").fill(person.username);
  await page.getByLabel("Password", { exact: true }).fill("a wholly different sentence");
  await page.getByRole("button", { name: "Create account" }).click();
  const summary = page.getByRole("alert", { name: "There is a problem" });
  await expect(summary.getByRole("listitem")).toHaveCount(2);
  await shoot(page, "register-taken-both");
  await summary.getByRole("link", { name: "Log in to it" }).click();
  await expect(page).toHaveURL("/login?next=%2Ffiles");
  await expect(page.getByLabel("Username or email")).toHaveValue(person.email);
  await page.goBack();
  await page.goto("/register");
  await page.getByLabel("Your name").fill("Ada");
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Username").fill(tag());
  await page.getByLabel("Password", { exact: true }).fill("a wholly different sentence");
  await page.getByRole("button", { name: "Create account" }).click();
  await summary.getByRole("link", { name: "Forgot your password?" }).click();
  await expect(page).toHaveURL("/forgot-password");
  await expect(page.getByLabel("Email")).toHaveValue(person.email);
});
