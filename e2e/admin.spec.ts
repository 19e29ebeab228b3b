import type { Auth } from "@watchword/auth/core";
import { expectNoViolations } from "./axe.ts";
import { expect, type Person, test } from "./fixtures.ts";

/** Makes a person an administrator, as `npm run role` does. */
async function makeAdmin(auth: Auth, { username }: Person): Promise<void> {
  const user = await auth.admin.findNamed(username);
  if (!user) throw new Error("There is no such person");
  await auth.admin.setRole({ actor: null, userId: user.id, role: "admin" });
}

test("an administrator finds a user and ends their session; the other page leaves within a second and says why", async ({
  page,
  context,
  browser,
  auth,
  logIn,
  person,
  anotherPerson,
  shoot,
}) => {
  await makeAdmin(auth, person);
  await logIn(context);
  const theirs = await browser.newContext();
  await logIn(theirs, { as: anotherPerson });
  const other = await theirs.newPage();
  await other.goto("/files");
  await page.goto("/account");
  await page.getByRole("link", { name: "People" }).click();
  await page.getByRole("searchbox").fill(anotherPerson.username.slice(0, -1));
  await page.getByRole("button", { name: "Find" }).click();
  await shoot(page, "admin-people");
  await page.getByRole("link", { name: anotherPerson.username }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Grace Hopper" })).toBeVisible();
  await shoot(page, "admin-person");
  await other.evaluate(() => {
    const seen = new MutationObserver(() => {
      if (document.documentElement.dataset.session !== "hidden") return;
      sessionStorage.setItem("hiddenAt", String(Date.now()));
      seen.disconnect();
    });
    seen.observe(document.documentElement, { attributes: true });
  });
  const endedAt = Date.now();
  await page.getByRole("button", { name: /^End the session on/ }).click();
  await expect(other.getByRole("dialog")).toContainText("An administrator ended your session");
  expect(Number(await other.evaluate(() => sessionStorage.getItem("hiddenAt"))) - endedAt).toBeLessThan(1_000);
  await expect(page.getByText("Nowhere.")).toBeVisible();
  await expect(page.getByText("Logged out: an administrator ended this session")).toBeVisible();
  await theirs.close();
});

test("a disabled user is logged out and rejected, and can log in again when enabled", async ({
  page,
  context,
  auth,
  logIn,
  person,
  anotherPerson,
  shoot,
}) => {
  await makeAdmin(auth, person);
  await logIn(context);
  const user = await auth.admin.findNamed(anotherPerson.username);
  const login = () =>
    page.request.post("/api/trpc/auth.login", {
      data: { identifier: anotherPerson.username, password: anotherPerson.password, delivery: "body" },
    });
  await page.goto(`/admin/users/${user?.id}`);
  await page.getByText("Disable this account…").click();
  await page.getByRole("button", { name: "Disable this account" }).click();
  await expect(page.getByText("Disabled since")).toBeVisible();
  await shoot(page, "admin-person-disabled");
  expect((await login()).status()).toBe(403);
  await page.getByRole("button", { name: "Enable this account" }).click();
  await expect(page.getByText("Disabled since")).toHaveCount(0);
  expect((await login()).status()).toBe(200);
});

test("a new role counts from the next click on, and logs nobody out; the last administrator stays one", async ({
  page,
  context,
  browser,
  auth,
  logIn,
  person,
  anotherPerson,
}) => {
  await makeAdmin(auth, person);
  await logIn(context);
  const theirs = await browser.newContext();
  await logIn(theirs, { as: anotherPerson });
  const other = await theirs.newPage();
  await other.goto("/account");
  await expect(other.getByRole("link", { name: "People" })).toHaveCount(0);
  const user = await auth.admin.findNamed(anotherPerson.username);
  await page.goto(`/admin/users/${user?.id}`);
  await page.getByText("Make this user an administrator…").click();
  await page.getByRole("button", { name: "Make an administrator" }).click();
  await expect(page.getByText("administrator", { exact: true })).toBeVisible();
  await other.goto("/account");
  await other.getByRole("link", { name: "People" }).click();
  await expect(other.getByRole("heading", { level: 1, name: "People" })).toBeVisible();
  await page.getByText("Remove administrator rights…").click();
  await page.getByRole("button", { name: "Remove the rights" }).click();
  await expect(page.getByText("Make this user an administrator…")).toBeVisible();
  await other.reload();
  await expect(other.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  await other.goto("/account");
  await expect(other).toHaveURL(/\/account$/);
  await theirs.close();
});

test("what is dangerous asks for the password when that was given a while ago, and then does it", async ({
  page,
  context,
  auth,
  logIn,
  person,
  anotherPerson,
}) => {
  await makeAdmin(auth, person);
  await logIn(context, { minutesAgo: 12 });
  const user = await auth.admin.findNamed(anotherPerson.username);
  await page.goto(`/admin/users/${user?.id}`);
  await page.getByText("Disable this account…").click();
  await page.getByRole("button", { name: "Disable this account" }).click();
  const dialog = page.getByRole("dialog", { name: "Confirm it is you" });
  await dialog.getByLabel("Password", { exact: true }).fill(person.password);
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("Disabled since")).toBeVisible();
});

test("a user who is no administrator finds nothing there @authorisation", async ({
  page,
  context,
  auth,
  logIn,
  anotherPerson,
}) => {
  await logIn(context);
  const user = await auth.admin.findNamed(anotherPerson.username);
  for (const path of ["/admin", `/admin/users/${user?.id}`, "/admin/users/nonsense"]) {
    const response = await page.goto(path);
    expect(response?.status()).toBe(404);
    await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  }
  await context.clearCookies();
  await page.goto("/admin");
  await expect(page).toHaveURL(/\/login\?next=%2Fadmin/);
});

test("the pages work without JavaScript, have no violation, and fit on a phone", async ({
  browser,
  auth,
  logIn,
  person,
  anotherPerson,
  shoot,
}) => {
  await makeAdmin(auth, person);
  const user = await auth.admin.findNamed(anotherPerson.username);
  const phone = await browser.newContext({ viewport: { width: 360, height: 800 } });
  await logIn(phone);
  const small = await phone.newPage();
  for (const [name, path] of [
    ["people", `/admin?find=${person.username}`],
    ["person", `/admin/users/${user?.id}`],
  ] as const) {
    await small.goto(path);
    expect(await small.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await expectNoViolations(small, path, (theme) => shoot(small, `admin-phone-${theme}-${name}`));
  }
  await phone.close();
  const plain = await browser.newContext({ javaScriptEnabled: false });
  await logIn(plain);
  const page = await plain.newPage();
  await page.goto(`/admin/users/${user?.id}`);
  await page.getByText("Disable this account…").click();
  await page.getByRole("button", { name: "Disable this account" }).click();
  await expect(page.getByText("Disabled since")).toBeVisible();
  await plain.close();
});
