import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, type Person, test } from "./fixtures.ts";

async function logInAt(page: Page, person: Person): Promise<void> {
  await page.getByLabel("Username or email").fill(person.username);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Log in" }).click();
}

async function upload(page: Page, name: string, text: string): Promise<string> {
  await page.goto("/files");
  await page.setInputFiles('input[type="file"]', { name, mimeType: "text/plain", buffer: Buffer.from(text) });
  const link = page.getByRole("link", { name: `Download ${name}` });
  return (await link.getAttribute("href")) ?? "";
}

for (const address of ["/files?sort=size#x", "/account/password?a=1&a=2#b=c", "/admin/users/1?before=3#history"]) {
  test(`${address} is where a login leads that it was asked for without one @authorisation`, async ({
    page,
    person,
  }) => {
    await page.goto(address);
    await expect(page).toHaveURL(/\/login\?next=/);
    await logInAt(page, person);
    await expect(page).toHaveURL(address);
  });
}

test("the fragment is kept by way of the other pages, and by a login that runs out in between", async ({
  page,
  context,
  logIn,
  person,
  auth,
}) => {
  await page.goto("/files?sort=size#x");
  await page.getByRole("link", { name: "Create an account" }).click();
  await expect(page.getByRole("heading", { name: "Create an account" })).toBeVisible();
  await page.getByRole("link", { name: "Log in" }).click();
  await logInAt(page, person);
  await expect(page).toHaveURL("/files?sort=size#x");
  const { accessToken } = await logIn(context);
  await page.goto("/files?sort=name#y");
  await auth.logout({ accessToken, refreshToken: undefined });
  await page.goto("/files?sort=name#y");
  await page.reload();
  await logInAt(page, person);
  await expect(page).toHaveURL("/files?sort=name#y");
});

for (const fragment of ["#//evil.example", "#@evil.example", "#javascript:alert(1)"]) {
  test(`the fragment ${fragment} stays a fragment of a page of this site`, async ({ page, person }) => {
    await page.goto(`/files${fragment}`);
    await logInAt(page, person);
    await expect(page).toHaveURL(`/files${fragment}`);
  });
}

test("a file that is opened without a login comes after it; a program reads why it does not @authorisation", async ({
  page,
  context,
  logIn,
  person,
}) => {
  await logIn(context);
  const href = await upload(page, "notes.txt", "the notes");
  await page.goto("about:blank"); // a page of a logged-in user leaves by itself when its cookies go
  await context.clearCookies();
  const program = await page.request.get(href);
  expect([program.status(), (await program.json()).error.data.reason]).toEqual([401, "access_token_missing"]);
  await page.goto(href);
  await expect(page).toHaveURL(/\/login\?next=/);
  const download = page.waitForEvent("download");
  await logInAt(page, person);
  const file = await download;
  expect(file.suggestedFilename()).toBe("notes.txt");
  expect(readFileSync(await file.path(), "utf8")).toBe("the notes");
  await expect(page.getByRole("heading", { name: "notes.txt" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Download it" })).toHaveAttribute("href", href);
});

test("one's data that are asked for without a login come after it @authorisation", async ({ page, person, shoot }) => {
  expect((await page.request.get("/account/export")).status()).toBe(401);
  await page.goto("/account/export");
  await expect(page).toHaveURL(/\/login\?next=/);
  const download = page.waitForEvent("download");
  await logInAt(page, person);
  expect(readFileSync(await (await download).path(), "utf8")).toContain(person.email);
  await expect(page.getByRole("heading", { name: "Your data" })).toBeVisible();
  await shoot(page, "download");
});

test("a file that is not there, or is another person's, is a page for a browser and JSON for a program @authorisation", async ({
  page,
  context,
  browser,
  logIn,
  anotherPerson,
}) => {
  await logIn(context);
  const theirs = await browser.newContext();
  await logIn(theirs, { as: anotherPerson });
  const href = await upload(await theirs.newPage(), "theirs.txt", "not for you");
  for (const path of [href, "/api/files/nonsense", "/files/0198c0de-0000-7000-8000-000000000000"]) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  }
  expect((await page.request.get(href)).headers()["content-type"]).toContain("application/json");
  await theirs.close();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the query is kept, and a file comes after the login", async ({ page, browser, logIn, person }) => {
    await page.goto("/files?sort=size");
    await logInAt(page, person);
    await expect(page).toHaveURL("/files?sort=size");
    const scripted = await browser.newContext({ javaScriptEnabled: true });
    await logIn(scripted);
    const href = await upload(await scripted.newPage(), "plain.txt", "plain");
    await scripted.close();
    await page.context().clearCookies();
    await page.goto(href);
    const download = page.waitForEvent("download");
    await logInAt(page, person);
    expect((await download).suggestedFilename()).toBe("plain.txt");
  });
});
