import type { ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Page } from "@playwright/test";
import { expectGoodInAllViews } from "./axe.ts";
import { expect, test } from "./fixtures.ts";
import { linkIn } from "./outbox.ts";
import { byMailServer, startBuiltApp } from "./server.ts";

/** A site that does not reveal whether an address has an account. */
test.use({ baseURL: byMailServer.url, server: byMailServer });
test.describe.configure({ mode: "serial" });

let app: ChildProcess | undefined;

test.beforeAll(async ({ request }) => {
  rmSync(dirname(byMailServer.databaseFile), { recursive: true, force: true });
  app = startBuiltApp({ port: Number(byMailServer.env.PORT), env: byMailServer.env });
  await expect(async () => {
    expect((await request.get(`${byMailServer.url}/api/health`)).status()).toBe(200);
  }).toPass({ timeout: 60_000 });
});

test.afterAll(() => {
  app?.kill("SIGTERM");
});

const grace = {
  name: "Grace Hopper",
  email: "grace@example.com",
  username: "grace",
  password: "a ship in port is safe",
};

async function askForLink(page: Page, email: string): Promise<void> {
  await page.goto("/register");
  await page.getByLabel("Email").fill(email);
  await page.getByRole("button", { name: "Send me a link" }).click();
  await expect(page).toHaveURL("/register/sent");
}

async function finish(page: Page, account: typeof grace): Promise<void> {
  await page.getByLabel("Your name").fill(account.name);
  await page.getByLabel("Username").fill(account.username);
  await page.getByLabel("Password", { exact: true }).fill(account.password);
  await page.getByRole("button", { name: "Create account" }).click();
}

test("an account begins with a link to its address; who asks for one again reads the same, and its owner gets an email", async ({
  page,
  request,
}) => {
  await askForLink(page, grace.email);
  const said = await page.getByRole("main").innerText();
  const link = await linkIn(request, grace.email, "register/finish");
  expect((await request.get(link)).status()).toBe(200); // a mail scanner, which uses nothing up

  await page.goto(link);
  await expect(page.getByLabel("Email")).toHaveValue(grace.email);
  await finish(page, { ...grace, password: "short" });
  await expect(page.getByRole("link", { name: "Use at least 8 characters" })).toBeVisible();
  await expect(page.getByLabel("Your name")).toHaveValue(grace.name);
  await finish(page, grace);
  await expect(page).toHaveURL("/account");
  await expect(page.getByText("confirmed", { exact: true })).toBeVisible();
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "This link is not valid or has expired" })).toBeVisible();

  await page.context().clearCookies();
  await askForLink(page, grace.email.toUpperCase());
  expect(await page.getByRole("main").innerText()).toBe(said);
  await expect
    .poll(async () => (await request.get("/outbox")).text())
    .toContain("The site does not tell anyone else that you have an account");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("an account begins by mail, and a taken username keeps what was typed but the password", async ({
    page,
    request,
  }) => {
    const ada = { ...grace, name: "Ada Lovelace", email: "ada@example.com", username: "ada" };
    await askForLink(page, ada.email);
    await page.goto(await linkIn(request, ada.email, "register/finish"));
    await finish(page, { ...ada, username: "Grace" });
    await expect(page.getByRole("link", { name: /That username is taken/ })).toBeVisible();
    await expect(page.getByLabel("Your name")).toHaveValue(ada.name);
    await expect(page.getByLabel("Email")).toHaveValue(ada.email);
    await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
    await finish(page, ada);
    await expect(page).toHaveURL("/account");
    await expect(page.getByText("Ada Lovelace").first()).toBeVisible();
  });
});

test("the pages of a registration by mail have no violation and fit: wide and narrow, light and dark", async ({
  page,
  request,
  shoot,
}) => {
  await askForLink(page, "mary@example.com");
  const pages = {
    ask: "/register",
    sent: "/register/sent",
    finish: await linkIn(request, "mary@example.com", "register/finish"),
  };
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(path);
    await expectGoodInAllViews(page, name, (view) => shoot(page, `${view}-by-mail-${name}`));
  }
});
