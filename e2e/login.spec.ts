import type { Page } from "@playwright/test";
import { expect, type Person, test } from "./fixtures.ts";

async function fillIn(page: Page, identifier: string, password: string): Promise<void> {
  await page.getByLabel("Username or email").fill(identifier);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

const ways: Record<string, (person: Person) => string> = {
  "the username": ({ username }) => username,
  "the username in capitals": ({ username }) => username.toUpperCase(),
  "the email": ({ email }) => email,
  "the email in capitals": ({ email }) => email.toUpperCase(),
};

for (const [way, identifierOf] of Object.entries(ways)) {
  test(`a person logs in by ${way}`, async ({ page, person, shoot }) => {
    await page.goto("/login");
    await shoot(page, "login");
    await fillIn(page, identifierOf(person), person.password);
    await expect(page).toHaveURL("/account");
    await expect(page.getByText(person.name).first()).toBeVisible();
    await shoot(page, "account");
  });
}

test("Enter is enough, and a protected page brings one back to itself with its query", {
  tag: "@authorisation",
}, async ({ page, person }) => {
  await page.goto("/files?sort=name");
  await expect(page).toHaveURL(/\/login\?next=/);
  await page.getByLabel("Username or email").fill(person.username);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/files/);
});

test("a wrong password and an unknown name get one answer, keep the name and never the password", async ({
  page,
  person,
  shoot,
}) => {
  await page.goto("/login");
  const answers: string[] = [];
  for (const identifier of [person.username, "nobody-of-that-name"]) {
    await fillIn(page, identifier, "not the right one");
    const problem = page.getByRole("link", { name: "That username or password is not right" });
    await expect(problem).toBeVisible();
    await expect(page.getByLabel("Username or email")).toHaveValue(identifier);
    await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
    await expect(page.getByRole("button", { name: "Log in", exact: true })).toBeVisible();
    answers.push((await page.locator("main").innerText()).replaceAll(identifier, ""));
  }
  expect(answers[1]).toBe(answers[0]);
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.locator(":focus")).toContainText("There is a problem");
  expect(await page.content()).not.toContain("not the right one");
  await shoot(page, "login-wrong-password");
});

test("a logged-in user who opens the login page goes where they wanted to be", { tag: "@authorisation" }, async ({
  page,
  context,
  logIn,
}) => {
  await logIn(context);
  await page.goto("/login?next=%2Ffiles");
  await expect(page).toHaveURL("/files");
});

test("Back after a login does not show the form again", async ({ page, person }) => {
  await page.goto("/");
  await page.goto("/login");
  await fillIn(page, person.username, person.password);
  await expect(page).toHaveURL("/account");
  await page.goBack();
  await expect(page.getByLabel("Password", { exact: true })).toHaveCount(0);
});

test("two clicks on the button are one login", async ({ page, person, database }) => {
  await page.goto("/login");
  await page.getByLabel("Username or email").fill(person.username);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Log in" }).dblclick();
  await expect(page).toHaveURL("/account");
  const count = database.client
    .prepare(
      "select count(*) from sessions join users on users.id = user_id where username = ? and sessions.revoked_at is null",
    )
    .pluck()
    .get(person.username);
  expect(count).toBe(1);
});

test("a login that is not to be remembered ends when the browser closes, and one that is does not", async ({
  page,
  context,
  person,
}) => {
  await page.goto("/login");
  await fillIn(page, person.username, person.password);
  await expect(page).toHaveURL("/account");
  const lives = async () => {
    const jar = await context.cookies();
    return jar
      .filter(({ name }) => /watchword\.(access|refresh|session)-/.test(name))
      .map(({ expires }) => expires > 0);
  };
  expect(await lives()).toEqual([false, false, false]);
  await context.clearCookies();
  await page.goto("/login");
  await page.getByLabel("Stay logged in on this device").check();
  await fillIn(page, person.username, person.password);
  await expect(page).toHaveURL("/account");
  expect(await lives()).toEqual([true, true, true]);
});

test("the cookies that hold tokens are out of every script's reach, and no page holds a token", async ({
  page,
  context,
  person,
  server,
}) => {
  await page.goto("/login");
  await fillIn(page, person.username, person.password);
  await expect(page).toHaveURL("/account");
  const cookieOf = (what: string, httpOnly: boolean) => {
    const name = `__Host-watchword.${what}-${new URL(server.url).port}`;
    return { name, httpOnly, secure: true, sameSite: "Lax", path: "/" };
  };
  const jar = (await context.cookies()).filter(({ name }) => name.includes("watchword"));
  expect(jar.map(({ name, httpOnly, secure, sameSite, path }) => ({ name, httpOnly, secure, sameSite, path }))).toEqual(
    expect.arrayContaining([
      ...(["access", "refresh", "step-up"] as const).map((what) => cookieOf(what, true)),
      cookieOf("session", false),
    ]),
  );
  for (const path of ["/", "/account", "/files"]) {
    await page.goto(path);
    const html = await page.content();
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    );
    for (const { name, value } of jar.filter(({ httpOnly }) => httpOnly)) {
      expect(html.includes(value), `${name} in ${path}`).toBe(false);
      expect(kept.includes(value), `${name} in storage`).toBe(false);
    }
  }
});

for (const javaScriptEnabled of [true, false]) {
  test(`the page for a second factor leads to the login, and says why, without a login that waits for one: ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({
    browser,
    server,
    watchPolicy,
  }) => {
    const context = await browser.newContext({ javaScriptEnabled, baseURL: server.url });
    watchPolicy(context);
    const page = await context.newPage();
    await page.goto("/login/second-factor?next=%2Ffiles");
    await expect(page).toHaveURL("/login?next=%2Ffiles&from=unfinished");
    await expect(page.getByText("Your login was not finished")).toBeVisible();
    await page.goto("/login/second-factor?next=//evil.example");
    await expect(page).toHaveURL("/login?next=%2Faccount&from=unfinished");
    await context.close();
  });
}

test("the page for a second factor leads a logged-in user on to where they were going", async ({
  page,
  context,
  logIn,
}) => {
  await logIn(context);
  await page.goto("/login/second-factor?next=%2Ffiles");
  await expect(page).toHaveURL("/files");
});

test("a login that asks for a second factor in front of a page goes on at its own page, and comes back", async ({
  page,
  context,
  logIn,
  person,
  auth,
}) => {
  const issued = await logIn(context);
  await page.goto("/account?from=name");
  await page.route("**/api/trpc/auth.login*", (route) => {
    const data = { status: "second_factor_required", methods: ["paper_code"], expiresIn: 600 };
    return route.fulfill({ json: { result: { data } } });
  });
  await auth.endSession(issued, issued.session.id);
  const dialog = page.getByRole("dialog", { name: "Log in again to continue" });
  await dialog.getByLabel("Password", { exact: true }).fill(person.password);
  const loaded = page.waitForRequest((request) => request.isNavigationRequest());
  await dialog.getByRole("button", { name: "Log in" }).click();
  expect(new URL((await loaded).url()).search).toBe("?next=%2Faccount%3Ffrom%3Dname");
  expect(new URL((await loaded).url()).pathname).toBe("/login/second-factor");
});
