import { readFileSync } from "node:fs";
import { expect, test } from "./fixtures.ts";

const file = (name: string, content: string | Buffer = "hello") => ({
  name,
  mimeType: "text/plain",
  buffer: Buffer.from(content),
});

test("a person uploads, sees, downloads and deletes a file of theirs", async ({ page, context, logIn, shoot }) => {
  await logIn(context);
  await page.goto("/files");
  await shoot(page, "files-empty");
  await page.setInputFiles('input[type="file"]', [file("notes.txt", "the notes"), file("写真 — été.txt")]);
  await expect(page.getByRole("row", { name: /notes\.txt/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /写真 — été\.txt/ })).toBeVisible();
  await shoot(page, "files");

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page
      .getByRole("link", { name: /notes\.txt/ })
      .first()
      .click(),
  ]);
  expect(download.suggestedFilename()).toBe("notes.txt");
  expect(readFileSync(await download.path(), "utf8")).toBe("the notes");

  await page.reload();
  await expect(page.getByRole("row", { name: /notes\.txt/ })).toBeVisible();
  await page
    .getByRole("row", { name: /notes\.txt/ })
    .getByRole("button", { name: /delete/i })
    .click();
  await shoot(page, "files-delete");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /delete/i })
    .click();
  await expect(page.getByRole("row", { name: /notes\.txt/ })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("row", { name: /notes\.txt/ })).toHaveCount(0);
});

test("a file that is too large is rejected in place, with what to do, and others go on", async ({
  server,
  page,
  context,
  logIn,
  shoot,
}) => {
  await logIn(context);
  await page.goto("/files");
  const large = file("large.bin", Buffer.alloc(server.maxFileBytes * 1.5));
  await page.setInputFiles('input[type="file"]', [large, file("small.txt")]);
  await expect(page.getByRole("row", { name: /small\.txt/ })).toBeVisible();
  await expect(page.getByText(/large\.bin/).first()).toBeVisible();
  await expect(page.getByText(/one file can be 2 MB at most/)).toBeVisible();
  await shoot(page, "files-too-large");
});

test("another person's file is not found, by its page and by its id", { tag: "@authorisation" }, async ({
  server,
  browser,
  context,
  logIn,
  page,
  auth,
}) => {
  await logIn(context);
  await page.goto("/files");
  await page.setInputFiles('input[type="file"]', file("mine.txt"));
  const href = await page
    .getByRole("link", { name: /mine\.txt/ })
    .first()
    .getAttribute("href");
  expect(href).toMatch(/^\/api\/files\//);

  const stranger = await auth.register({
    username: `mallory-${Math.random().toString(36).slice(2, 10)}`,
    email: `m.${Math.random().toString(36).slice(2, 10)}@example.com`,
    name: "Mallory",
    password: "what is yours is mine",
    delivery: "body",
    rememberMe: true,
    userAgent: null,
    ipAddress: null,
  });
  const other = await browser.newContext();
  const bearer = { authorization: `Bearer ${stranger.accessToken}` };
  const got = await other.request.get(`${server.url}${href}`, { headers: bearer });
  expect(got.status()).toBe(404);
  expect((await got.json()).error.data.reason).toBe("not_found");
  const removed = await other.request.post(`${server.url}/api/trpc/files.remove`, {
    headers: bearer,
    data: { id: href?.split("/").pop() },
  });
  expect(removed.status()).toBe(404);
  const anonymous = await other.request.get(`${server.url}${href}`);
  expect(anonymous.status()).toBe(401);
  await other.close();
  await page.reload();
  await expect(page.getByRole("row", { name: /mine\.txt/ })).toBeVisible();
});

test("a file is never shown as a page of ours, whatever it holds", { tag: "@authorisation" }, async ({
  page,
  context,
  logIn,
}) => {
  await logIn(context);
  await page.goto("/files");
  await page.setInputFiles('input[type="file"]', {
    name: "evil.html",
    mimeType: "text/html",
    buffer: Buffer.from("<script>document.title = 'owned'</script>"),
  });
  const href = await page
    .getByRole("link", { name: /evil\.html/ })
    .first()
    .getAttribute("href");
  const got = await page.request.get(`${href}`);
  expect(got.headers()).toMatchObject({
    "content-disposition": expect.stringMatching(/^attachment;/),
    "x-content-type-options": "nosniff",
    "cache-control": "no-store, no-transform",
  });
  expect(got.headers()["content-security-policy"]).toContain("sandbox");
});

test("an upload that breaks off leaves no file", async ({ page, context, logIn }) => {
  await logIn(context);
  await page.goto("/files");
  // A connection that dies in the middle: the browser is cut off while it sends.
  await page.evaluate(() => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/trpc/files.upload");
    request.setRequestHeader("content-type", "application/octet-stream");
    request.setRequestHeader("x-file-name", "broken.bin");
    request.upload.onprogress = () => request.abort();
    request.send(new Blob([new Uint8Array(1_900_000)]));
    return new Promise((resolve) => {
      request.onabort = resolve;
      request.onload = resolve;
    });
  });
  await expect(async () => {
    const list = await (await page.request.get("/api/trpc/files.list")).json();
    expect(list.result.data.files.filter((one: { sizeBytes: number }) => one.sizeBytes < 1_900_000)).toEqual([]);
  }).toPass();
});
