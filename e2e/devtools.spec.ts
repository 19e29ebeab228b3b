import { randomBytes } from "node:crypto";
import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { watchedServer } from "./server.ts";

// One after the other: the reloading server compiles what is first asked for, and its record is one for everybody.
test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ request }) => {
  await expect(async () => {
    expect((await request.get(`${watchedServer.url}/api/trpc/auth.me`)).status()).toBe(401);
  }).toPass({ timeout: 150_000 });
});

const panelOf = (page: Page) => page.getByRole("complementary", { name: "Devtools" });
const press = (page: Page, name: string) => panelOf(page).getByRole("button", { name }).click();

/** An account of this test's own, and its session in the browser. */
async function register(page: Page) {
  const tag = randomBytes(5).toString("hex");
  const account = { username: `ada-${tag}`, email: `ada.${tag}@example.com`, password: `${tag} notes` };
  const made = await page.request.post("/api/trpc/auth.register", { data: { ...account, name: "Ada Lovelace" } });
  expect(made.status()).toBe(200);
  return account;
}

/** The page that works with files, and the short name of the session that its panel shows. */
async function openFiles(page: Page): Promise<string> {
  await register(page);
  await page.goto("/files");
  return sessionOf(page);
}

/** Lets the access token run out and opens the page anew, which trades the refresh token. */
async function rotateByPage(page: Page): Promise<void> {
  await press(page, "Expire the access token");
  await expect(panelOf(page).getByRole("status")).toContainText("expired");
  await page.getByRole("link", { name: "Files", exact: true }).click();
  await expect(page).toHaveURL("/files");
}

/** The short name of the session that the panel shows. */
async function sessionOf(page: Page): Promise<string> {
  const name = await panelOf(page).locator("[data-now]").getAttribute("data-now");
  if (name === null) throw new Error("The panel shows no session");
  return name;
}

/** The log's lines about a session, the youngest first. */
function logLines(page: Page, session: string, kind?: string): Locator {
  return panelOf(page).locator(`li[data-session="${session}"]${kind ? `[data-kind="${kind}"]` : ""}`);
}

async function upload(page: Page, name: string): Promise<void> {
  await page.setInputFiles('input[type="file"]', { name, mimeType: "text/plain", buffer: Buffer.from("hello") });
  await expect(page.getByRole("row", { name })).toBeVisible();
}

test("after a login the panel is there, and shows the token's life as it happens", async ({ page, shoot }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const { username, password } = await register(page);
  await page.context().clearCookies();
  await page.goto("/login");
  await expect(panelOf(page).getByText("Nobody is logged in")).toBeVisible();
  await page.getByLabel("Username or email").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await expect(page).toHaveURL("/account");
  const session = await sessionOf(page);
  await expect(logLines(page, session)).toHaveText([/Issued.*A login began the session/]);
  await expect(panelOf(page).getByRole("timer").first()).toHaveText(/^14 minutes/);
  // Something lively, for the picture.
  await press(page, "Lose the next reply");
  await rotateByPage(page);
  await press(page, "Expire the access token");
  await upload(page, "notes on the engine.txt");
  await press(page, "Race five tabs");
  await expect(logLines(page, session, "repeated")).toHaveCount(5);
  await page.goto("/account");
  await expect(logLines(page, session, "rotated")).toHaveCount(3);
  await page.addStyleTag({ content: "nextjs-portal { display: none }" });
  await shoot(page, "devtools");
});

test("an access token that is made to run out is renewed by the next click, with one rotation", async ({ page }) => {
  const session = await openFiles(page);
  await rotateByPage(page);
  await expect(logLines(page, session)).toHaveText([/Rotated.*Generation 1 is in use.*page/, /Expired/, /Issued/]);
  await expect(panelOf(page).getByText("Generation 1", { exact: true })).toBeVisible();
});

test("a refresh whose reply is lost is asked for again, and gets the same successor", async ({ page }) => {
  const session = await openFiles(page);
  await press(page, "Lose the next reply");
  await expect(panelOf(page).getByRole("button", { name: "Lose the next reply" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await rotateByPage(page);
  const kinds = [/Replayed.*Generation 1 once more/, /Reply lost/, /Rotated.*page/, /Expired/, /Issued/];
  await expect(logLines(page, session)).toHaveText(kinds);
  await upload(page, "goes on.txt");
});

test("the token that was traded last brings the same successor, and an older one ends the session and says why", async ({
  page,
}) => {
  const session = await openFiles(page);
  await expect(panelOf(page).getByRole("button", { name: "Replay the last token" })).toBeDisabled();
  await rotateByPage(page);
  await press(page, "Replay the last token");
  await expect(logLines(page, session).first()).toHaveText(/Replayed.*Generation 1 once more.*a copy/);
  await rotateByPage(page);
  await press(page, "Replay an older token");
  // The page says it by itself, a moment later, and is out of sight until the password is entered.
  await expect(page.getByRole("dialog")).toContainText("its refresh token was used twice");
  await page.goto("/account");
  await expect(page).toHaveURL("/login?next=%2Faccount&from=reused");
  await expect(page.getByText("its refresh token was used twice")).toBeVisible();
  await expect(panelOf(page).getByText("Nobody is logged in")).toBeVisible();
  await expect(logLines(page, session, "reused")).toHaveText(/came back after its successor was used.*a copy/);
});

test("five refreshes at once make one rotation and four replays, and no user is logged out", async ({ page }) => {
  const session = await openFiles(page);
  await press(page, "Race five tabs");
  await expect(logLines(page, session, "repeated")).toHaveCount(4);
  await expect(logLines(page, session, "rotated")).toHaveCount(1);
  await rotateByPage(page);
  await expect(logLines(page, session, "rotated")).toHaveCount(2);
});

test("five tabs that find the access token run out all go on, with one rotation", async ({ page, context }) => {
  const session = await openFiles(page);
  const others = await Promise.all([1, 2, 3, 4].map(() => context.newPage()));
  for (const other of others) await other.goto("/files");
  await press(page, "Expire the access token");
  await expect(logLines(page, session, "expired")).toHaveCount(1);
  await Promise.all([page, ...others].map((tab, place) => upload(tab, `from tab ${place}.txt`)));
  await expect(logLines(page, session, "rotated")).toHaveCount(1);
  for (const tab of [page, ...others]) await expect(tab).toHaveURL("/files");
});

test("on a phone the panel is closed, out of the way, and opens by keyboard", async ({ page, shoot }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const { username } = await register(page);
  await page.goto("/files");
  const bar = panelOf(page).getByRole("button", { name: "Devtools" });
  await expect(bar).toHaveAttribute("aria-expanded", "false");
  await page.getByText("Choose files").click({ trial: true });
  await bar.focus();
  await page.keyboard.press("Enter");
  await expect(panelOf(page).getByText("Held by this browser")).toBeVisible();
  // Who it is stays out of it.
  await expect(panelOf(page)).not.toContainText(username);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).include("#watchword-devtools").analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
    await shoot(page, `devtools-${colorScheme}-360`);
  }
});
