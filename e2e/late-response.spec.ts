import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

/** Holds the answer to the next refresh of a tab back until it is let go. The request reaches the server at once. */
async function holdRefresh(page: Page) {
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let answered = (_status: number) => {};
  const status = new Promise<number>((resolve) => {
    answered = resolve;
  });
  await page.route(
    "**/auth.refresh",
    async (route) => {
      const request = route.request();
      const headers = await request.allHeaders();
      const body = request.postData();
      const response = await fetch(request.url(), { method: "POST", headers, ...(body !== null && { body }) });
      const text = await response.text();
      answered(response.status);
      await gate;
      const cookies = response.headers.getSetCookie().join("\n");
      const sent = { "content-type": "application/json", ...(cookies && { "set-cookie": cookies }) };
      await route.fulfill({ status: response.status, headers: sent, body: text });
    },
    { times: 1 },
  );
  return { status, letGo };
}

test("a refusal that comes late ends no login that came meanwhile", async ({
  page,
  context,
  logIn,
  expireAccess,
  auth,
  person,
  server,
}) => {
  const first = await logIn(context);
  await page.goto("/files");
  await expireAccess(context);
  await auth.endSession(first, first.session.id);
  const held = await holdRefresh(page);
  await page.setInputFiles('input[type="file"]', { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("1") });
  expect(await held.status).toBe(401);

  // Another tab has logged in meanwhile, with cookies of its own. As the same user: else the first tab would leave its page.
  await logIn(context);
  const rejected = page.waitForResponse("**/auth.refresh");
  held.letGo();
  await rejected;
  const other = await context.newPage();
  await other.goto("/account");
  await expect(other).toHaveURL("/account");
  await expect(other.getByRole("heading", { level: 1, name: person.name })).toBeVisible();
  const names = (await context.cookies()).map(({ name }) => name).filter((name) => name.includes("watchword"));
  expect(names).toEqual(
    expect.arrayContaining(["access", "refresh"].map((what) => `__Host-watchword.${what}-${new URL(server.url).port}`)),
  );
});

test("an answer to a refresh that comes late overwrites no login: the form waits for it", async ({
  page,
  context,
  logIn,
  expireAccess,
  person,
}) => {
  const other = await context.newPage();
  await other.goto("/login"); // before there is a login: later it would lead on to the account
  await logIn(context);
  await page.goto("/files");
  await expireAccess(context);
  const held = await holdRefresh(page);
  await page.setInputFiles('input[type="file"]', { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("1") });
  expect(await held.status).toBe(200);

  let logins = 0;
  other.on("request", (sent) => {
    if (sent.headers()["next-action"] !== undefined) logins += 1;
  });
  await other.getByLabel("Username or email").fill(person.username);
  await other.getByLabel("Password", { exact: true }).fill(person.password);
  await other.getByRole("button", { name: "Log in", exact: true }).click();
  const waiting = async () => (await navigator.locks.query()).pending?.map(({ name }) => name);
  await expect.poll(() => other.evaluate(waiting)).toContain("watchword.refresh");
  expect(logins).toBe(0);
  held.letGo();
  await expect(other).toHaveURL("/account");
  expect(logins).toBe(1);
  await other.reload();
  await expect(other.getByRole("heading", { level: 1, name: person.name })).toBeVisible();
});
