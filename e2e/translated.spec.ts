import type { Page } from "@playwright/test";
import { completed } from "@watchword/auth/testing";
import { expect, test } from "./fixtures.ts";
import { untilTaken } from "./until-taken.ts";

/** Does to a page what a browser's translator does: each text comes to lie in a `<font>` in a `<font>`. New ones, too. */
async function translate(page: Page): Promise<void> {
  await untilTaken(page);
  await page.evaluate(() => {
    const wrap = (root: Node) => {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      const texts: Text[] = [];
      while (walker.nextNode()) texts.push(walker.currentNode as Text);
      for (const text of texts) {
        const parent = text.parentElement;
        if (!parent || parent.closest("script, style, font, title, textarea")) continue;
        const font = document.createElement("font");
        const inner = font.appendChild(document.createElement("font"));
        parent.replaceChild(font, text);
        inner.append(text);
      }
    };
    wrap(document.body);
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) if (node.isConnected) wrap(node);
    }).observe(document.body, { childList: true, subtree: true });
  });
}

function watchErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && /removeChild|insertBefore|NotFoundError|not a child/.test(message.text())) {
      errors.push(message.text());
    }
  });
  return errors;
}

async function isWhole(page: Page, errors: string[]): Promise<void> {
  await expect(page.getByText("This page could not be shown")).toHaveCount(0);
  expect(errors).toEqual([]);
}

const anywhere = {
  delivery: "body",
  rememberMe: true,
  userAgent: "watchword/0.1.0 (linux)",
  ipAddress: "192.0.2.7",
} as const;

test("a translated account page follows what happens elsewhere, and what is done on it", async ({
  page,
  context,
  logIn,
  auth,
  person,
}) => {
  const errors = watchErrors(page);
  await logIn(context);
  await page.goto("/account/sessions");
  await translate(page);
  const list = page.getByRole("region", { name: "Your other sessions" });
  const credentials = { identifier: person.username, password: person.password };
  const other = await completed(auth.login({ ...credentials, ...anywhere }));
  await expect(list.getByText("Watchword in a terminal")).toBeVisible();
  await auth.logout({ refreshToken: other.refreshToken, accessToken: undefined });
  await expect(list.getByText("Watchword in a terminal")).toHaveCount(0);
  await auth.login({ ...credentials, ...anywhere });
  await list.getByRole("button", { name: /^End the session on/ }).click();
  await expect(list.getByRole("listitem")).toHaveCount(0);
  await page.goto("/account/activity");
  await translate(page);
  for (let guess = 0; guess < 3; guess += 1) {
    await auth.login({ ...credentials, password: "not it", ...anywhere }).catch(() => undefined);
  }
  await auth.login({ ...credentials, ...anywhere }); // a wrong password alone is no change of a session
  await expect(page.getByText("Wrong password entered, 3 times")).toBeVisible();
  await page.goto("/account");
  await translate(page);
  const name = page.getByRole("textbox", { name: "Full name" });
  await name.fill(" ");
  await page.getByRole("button", { name: "Change name" }).click();
  await expect(page.getByRole("heading", { name: "There is a problem" })).toBeVisible();
  await name.fill("Ada King");
  await page.getByRole("button", { name: "Change name" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Ada King" })).toBeVisible();
  await isWhole(page, errors);
});

test("a translated page of files, and the home page, go on", async ({ page, context, logIn }) => {
  const errors = watchErrors(page);
  await logIn(context);
  await page.goto("/files");
  await translate(page);
  const file = (name: string) => ({ name, mimeType: "text/plain", buffer: Buffer.from(name) });
  await page.setInputFiles('input[type="file"]', [file("one.txt"), file("two.txt")]);
  await expect(page.getByRole("row", { name: /two\.txt/ })).toBeVisible();
  await page.getByRole("button", { name: "Delete one.txt" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("row", { name: /one\.txt/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Delete two.txt" }).click();
  await expect(page.getByRole("dialog")).toContainText("two.txt");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("Nothing here yet")).toBeVisible();
  await isWhole(page, errors);
  await page.goto("/");
  await translate(page);
  const timer = page.getByRole("timer").first();
  const before = await timer.textContent();
  await expect(timer).not.toHaveText(before ?? "");
  await isWhole(page, errors);
});

test("translated forms and dialogs say what is wrong, twice in a row", async ({
  page,
  context,
  logIn,
  auth,
  person,
}) => {
  const errors = watchErrors(page);
  await page.goto("/register");
  await translate(page);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "There is a problem" })).toBeVisible();
  await page.getByLabel("Username").fill(person.username);
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("link", { name: /at least 8 characters/i })).toBeVisible();
  await isWhole(page, errors);

  const { accessToken } = await logIn(context, { minutesAgo: 12 });
  await page.goto("/account");
  await translate(page);
  await page.getByRole("button", { name: "Change name" }).click();
  const confirm = page.getByRole("dialog", { name: "Confirm it is you" });
  await confirm.getByRole("button", { name: "Confirm" }).click();
  await expect(confirm.getByRole("alert")).toHaveText("Enter your password");
  await confirm.getByLabel("Password", { exact: true }).fill("not it");
  await confirm.getByRole("button", { name: "Confirm" }).click();
  await expect(confirm.getByRole("alert")).toHaveText("That password is not right");
  await confirm.getByRole("button", { name: "Cancel" }).click();
  await auth.logout({ accessToken, refreshToken: undefined });
  const again = page.getByRole("dialog", { name: "Log in again to continue" });
  await again.getByRole("button", { name: "Log in" }).click();
  await again.getByLabel("Password", { exact: true }).fill(person.password);
  await again.getByRole("button", { name: "Log in" }).click();
  await expect(again).toBeHidden();
  await expect(page.getByText(person.email)).toBeVisible();
  await isWhole(page, errors);
});

test("a translated page about another person's account goes on after each action", async ({
  page,
  context,
  logIn,
  auth,
  person,
  anotherPerson,
}) => {
  const errors = watchErrors(page);
  const admin = await auth.admin.findNamed(person.username);
  await auth.admin.setRole({ actor: null, userId: admin?.id ?? "", role: "admin" });
  await auth.login({ identifier: anotherPerson.username, password: anotherPerson.password, ...anywhere });
  await logIn(context);
  const user = await auth.admin.findNamed(anotherPerson.username);
  await page.goto(`/admin/users/${user?.id}`);
  await translate(page);
  await page.getByText("Make this user an administrator…").click();
  await page.getByRole("button", { name: "Make an administrator" }).click();
  await expect(page.getByText("administrator", { exact: true })).toBeVisible();
  await page.getByText("Disable this account…").click();
  await page.getByRole("button", { name: "Disable this account" }).click();
  await expect(page.getByText("Disabled since")).toBeVisible();
  await page.getByRole("button", { name: "Enable this account" }).click();
  await expect(page.getByText("Disabled since")).toHaveCount(0);
  await isWhole(page, errors);
});
