import { expect, test } from "./fixtures.ts";

test("logging out ends the session at once, here and for a copied access token", { tag: "@authorisation" }, async ({
  page,
  context,
  logIn,
  request,
  shoot,
}) => {
  const { accessToken, refreshToken } = await logIn(context);
  await page.goto("/account");
  await page.getByRole("button", { name: "Log out" }).first().click();
  await expect(page).toHaveURL("/login?from=logout");
  await shoot(page, "logged-out");
  expect((await context.cookies()).filter(({ name }) => name.includes("watchword"))).toEqual([]);
  const me = await request.get("/api/trpc/auth.me", { headers: { authorization: `Bearer ${accessToken}` } });
  expect(me.status()).toBe(401);
  expect((await me.json()).error.data.reason).toBe("session_revoked");
  const refresh = await request.post("/api/trpc/auth.refresh", { data: { refreshToken } });
  expect(refresh.status()).toBe(401);
});

test("Back after a logout shows nothing private", { tag: "@authorisation" }, async ({
  page,
  context,
  logIn,
  person,
}) => {
  await logIn(context);
  await page.goto("/account");
  await page.goto("/account/password");
  await page.goBack();
  await expect(page.getByText(person.email).first()).toBeVisible();
  await page.goForward();
  await page.getByRole("button", { name: "Log out" }).first().click();
  await expect(page).toHaveURL("/login?from=logout");
  await page.goBack();
  await expect(page.getByLabel("Password", { exact: true })).toBeVisible();
  await expect(page.getByText(person.email)).toHaveCount(0);
});

test("logging out ends this device's session and leaves the others", { tag: "@authorisation" }, async ({
  browser,
  page,
  context,
  logIn,
}) => {
  const other = await browser.newContext();
  await logIn(other);
  await logIn(context);
  await page.goto("/account");
  await page.getByRole("button", { name: "Log out" }).first().click();
  await expect(page).toHaveURL("/login?from=logout");
  const elsewhere = await other.newPage();
  await elsewhere.goto("/account");
  await expect(elsewhere).toHaveURL("/account");
  await other.close();
});

test("a session that was ended elsewhere leads to the login page, which says so, and back", {
  tag: "@authorisation",
}, async ({ page, context, logIn, auth, person, shoot }) => {
  const { accessToken } = await logIn(context);
  await page.goto("/files");
  await auth.logout({ accessToken, refreshToken: undefined });
  await page.goto("/account");
  await expect(page).toHaveURL(/\/login\?next=%2Faccount&from=revoked/);
  await shoot(page, "session-ended");
  await page.getByLabel("Username or email").fill(person.username);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page).toHaveURL("/account");
});
