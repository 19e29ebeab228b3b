import { expect, test } from "./fixtures.ts";

const pages = [
  { name: "Profile", path: "/account" },
  { name: "Security", path: "/account/security" },
  { name: "Sessions", path: "/account/sessions" },
  { name: "Activity", path: "/account/activity" },
] as const;

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("the pages of the account lead to each other by the keyboard, and say which one is open", async ({
      page,
      context,
      logIn,
    }) => {
      await logIn(context);
      await page.goto("/account");
      const navigation = page.getByRole("navigation", { name: "Account", exact: true });
      for (const { name, path } of [...pages.slice(1), pages[0]]) {
        await navigation.getByRole("link", { name }).focus();
        await page.keyboard.press("Enter");
        await expect(page).toHaveURL(path);
        await expect(navigation.locator("[aria-current=page]")).toHaveText(name);
        await expect(page).toHaveTitle(`${name} – Watchword`);
      }
    });

    test("the activity is filtered by kind and by session, page by page", async ({
      page,
      context,
      auth,
      person,
      logIn,
    }) => {
      const from = { delivery: "body", rememberMe: true, userAgent: null, ipAddress: "198.51.100.9" } as const;
      const credentials = { identifier: person.username, password: person.password, ...from };
      for (let count = 0; count < 3; count += 1) {
        await auth.login({ ...credentials, password: "not the password" }).catch(() => undefined);
      }
      for (let count = 0; count < 25; count += 1) await auth.login(credentials);
      await logIn(context);
      await page.goto("/account/activity");
      const kinds = page.getByRole("navigation", { name: "Kinds of activity" });
      await kinds.getByRole("link", { name: "Warnings" }).click();
      await expect(page).toHaveURL("/account/activity?kind=warnings");
      await expect(page.getByRole("main").getByRole("listitem")).toHaveText([/^Wrong password entered, 3 times/]);
      await kinds.getByRole("link", { name: "Account" }).click();
      await expect(page.getByRole("main").getByRole("listitem").filter({ hasText: "Account created" })).toHaveCount(1);
      await expect(page.getByText("Logged in from")).toHaveCount(0);
      await kinds.getByRole("link", { name: "Logins" }).click();
      const logins = page.getByRole("main").getByRole("listitem").filter({ hasText: "Logged in from" });
      if (javaScriptEnabled) {
        const before = await logins.count();
        await page.getByRole("button", { name: "Show more" }).click();
        await expect.poll(() => logins.count()).toBeGreaterThan(before);
      } else {
        await page.getByRole("link", { name: "Older entries" }).click();
        await expect(page).toHaveURL(/kind=logins&before=\d+$/);
        await expect(logins.first()).toBeVisible();
        await page.getByRole("link", { name: "Newest entries" }).click();
      }
      await expect(page).toHaveURL("/account/activity?kind=logins");
    });
  });
}

test("an address of before leads to the page where its part is now, and without scripts to the link there", async ({
  page,
  context,
  browser,
  logIn,
}) => {
  await logIn(context);
  const former = { "ways-in": "security", session: "sessions", sessions: "sessions", history: "activity" };
  for (const [part, name] of Object.entries(former)) {
    await page.goto("about:blank");
    await page.goto(`/account#${part}`);
    await expect(page).toHaveURL(`/account/${name}`);
  }
  await page.goto("about:blank");
  await page.goto("/account#data");
  await expect(page.getByRole("heading", { name: "Your data" })).toBeInViewport();

  const plain = await browser.newContext({ javaScriptEnabled: false });
  await logIn(plain);
  const still = await plain.newPage();
  await still.goto("/account#history");
  await expect(still.locator("#history")).toBeInViewport();
  await plain.close();
});

test("what an address says of the activity and cannot be read is left out", async ({ page, context, logIn }) => {
  await logIn(context);
  for (const query of ["kind=nothing", "session=%27", "before=-1", "before=1e9", "kind=logins&kind=account"]) {
    const response = await page.goto(`/account/activity?${query}`);
    expect([query, response?.status()]).toEqual([query, 200]);
    await expect(page.getByRole("main").getByRole("listitem").first()).toBeVisible();
  }
  expect((await page.goto("/account/sessions?after=nonsense"))?.status()).toBe(200);
  await expect(page.getByRole("region", { name: "This session" })).toBeVisible();
});
