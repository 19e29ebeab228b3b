import type { APIRequestContext, Page } from "@playwright/test";
import { expect, type Person, test } from "./fixtures.ts";

test("strangers who guess have to wait, and see for how long; the owner's own browser lets them in all the same (P12)", async ({
  page,
  browser,
  request,
  person,
  shoot,
}) => {
  await logIn(page, person, person.password);
  await expect(page).toHaveURL(/\/account$/);
  await page.context().clearCookies({ name: /watchword\.(access|refresh|session)-/ });
  await guess(request, person, 20);

  const stranger = await browser.newPage();
  await logIn(stranger, person, "not the right one");
  await expect(stranger.getByText("Too many tries. Nothing was changed.")).toBeVisible();
  const delay = stranger.getByText(/^Try again in \d+ seconds?\.$/).first();
  const shown = await delay.innerText();
  await expect(delay).not.toHaveText(shown); // it counts down
  await expect(stranger.getByLabel("Username or email")).toHaveValue(person.username);
  await shoot(stranger, "login-limited");
  await stranger.close();

  const plain = await browser.newContext({ javaScriptEnabled: false });
  const without = await plain.newPage();
  await logIn(without, person, person.password);
  await expect(without.getByText(/^Try again in \d+ seconds?\.$/).first()).toBeVisible();
  await plain.close();

  await logIn(page, person, person.password);
  await expect(page).toHaveURL(/\/account$/);
});

async function guess(request: APIRequestContext, person: Person, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    const data = { identifier: person.username, password: `guess number ${n}` };
    expect((await request.post("/api/trpc/auth.login", { data })).status()).toBe(401);
  }
}

async function logIn(page: Page, { username }: Person, password: string): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("Username or email").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
}
