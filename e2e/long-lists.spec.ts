import type { Page } from "@playwright/test";
import { aNewUser } from "@watchword/auth/testing";
import { createSqliteAuthStore } from "@watchword/db/sqlite";
import { expect, test } from "./fixtures.ts";

/** The texts that match, page by page. */
async function textsByPage(page: Page, role: "link" | "rowheader", name: RegExp, next: string): Promise<string[][]> {
  const pages: string[][] = [];
  for (;;) {
    pages.push(await page.getByRole(role, { name }).allTextContents());
    const link = page.getByRole("link", { name: next });
    if ((await link.count()) === 0) return pages;
    const before = page.url();
    await link.click();
    await expect(page).not.toHaveURL(before);
    await expect(page.getByRole("navigation", { name: /^Pages of/ })).toBeVisible();
  }
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("an administrator reads sixty people page by page, each once", async ({
      page,
      context,
      auth,
      database,
      person,
      logIn,
    }) => {
      const admin = await auth.admin.findNamed(person.username);
      if (!admin) throw new Error("There is no such person");
      await auth.admin.setRole({ actor: null, userId: admin.id, role: "admin" });
      const start = `many-${person.username}`;
      // Through the store: no password to hash, and no email to send.
      const store = createSqliteAuthStore(database);
      for (let count = 0; count < 60; count += 1) {
        const username = `${start}-${count}`;
        const user = aNewUser({ username, email: `${username}@example.com`, name: "Many" });
        expect(await store.createAccount({ user })).toBe("created");
      }
      await logIn(context);
      await page.goto(`/admin?find=${start}`);
      const pages = await textsByPage(page, "link", new RegExp(`^${start}`), "Next page");
      expect(pages.map((one) => one.length)).toEqual([25, 25, 10]);
      expect(new Set(pages.flat()).size).toBe(60);
      await expect(page.getByRole("searchbox")).toHaveValue(start);
      await page.getByRole("link", { name: "First page" }).click();
      expect(await page.getByRole("link", { name: new RegExp(`^${start}`) }).allTextContents()).toEqual(pages[0]);
    });

    test("a hundred and twenty files come page by page, each once", async ({ page, context, server, logIn }) => {
      const { accessToken } = await logIn(context);
      for (let count = 0; count < 120; count += 1) {
        const headers = {
          authorization: `Bearer ${accessToken}`,
          "content-type": "application/octet-stream",
          "x-file-name": `file-${count}.txt`,
        };
        const answer = await fetch(`${server.url}/api/trpc/files.upload`, { method: "POST", headers, body: "x" });
        expect(answer.status).toBe(200);
      }
      await page.goto("/files");
      await expect(page.getByText("120 files")).toBeVisible();
      const pages = await textsByPage(page, "rowheader", /^file-/, "Older files");
      expect(pages.map((one) => one.length)).toEqual([50, 50, 20]);
      expect(new Set(pages.flat()).size).toBe(120);
      await page.getByRole("link", { name: "Newest files" }).click();
      await expect(page.getByRole("rowheader", { name: "file-119.txt" })).toBeVisible();
    });
  });
}
