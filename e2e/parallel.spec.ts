import { expect, test } from "./fixtures.ts";

const refreshes = 25;

for (const number of [1, 2, 3, 4]) {
  test(`a parallel suite: journey ${number} of 4 refreshes again and again with a session of its own, and stays logged in`, async ({
    account,
    browser,
    server,
  }) => {
    const contexts = await Promise.all(
      Array.from({ length: 4 }, async () => browser.newContext({ storageState: await account.newSession() })),
    );
    await Promise.all(
      contexts.map(async (context) => {
        for (let round = 0; round < refreshes; round += 1) {
          const answer = await context.request.post(`${server.url}/api/trpc/auth.refresh`, {
            headers: { "content-type": "application/json" },
          });
          expect(answer.status()).toBe(200);
        }
      }),
    );
    for (const context of contexts) {
      const page = await context.newPage();
      await page.goto(`${server.url}/account`);
      await expect(page.getByText(account.email)).toBeVisible();
      await context.close();
    }
  });
}
