import { completed } from "@watchword/auth/testing";
import { expect, test } from "./fixtures.ts";

const fromElsewhere = { delivery: "body", rememberMe: true, ipAddress: "198.51.100.9" } as const;
const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("a user who was logged out reads why, and from where another client came", async ({
      page,
      context,
      auth,
      database,
      person,
      logIn,
      shoot,
    }) => {
      const credentials = { identifier: person.username, password: person.password };
      const entries = database.client.prepare(
        "SELECT 1 FROM timeline WHERE event = ? AND user_id = (SELECT id FROM users WHERE username = ?)",
      );
      // The mail of the registration is sent when the server comes to it. Its entry must not stand between those of the wrong passwords.
      await expect.poll(() => entries.all("authn_token_created", person.username).length).toBe(1);
      const stolen = await completed(auth.login({ ...credentials, ...fromElsewhere, userAgent: firefox }));
      const wrong = { ...fromElsewhere, identifier: person.username, password: "not the password", userAgent: edge };
      for (let count = 0; count < 3; count += 1) await auth.login(wrong).catch(() => undefined);
      // What a rejected login leaves behind is written when it can be, and nobody waits for it. What comes next must not overtake it.
      await expect.poll(() => entries.all("authn_login_fail", person.username).length).toBe(3);
      let { refreshToken } = stolen;
      for (let count = 0; count < 2; count += 1) {
        ({ refreshToken } = await auth.refresh({ refreshToken, delivery: "body" }));
      }
      const client = { userAgent: edge, ipAddress: "198.51.100.9" };
      await auth.refresh({ refreshToken: stolen.refreshToken, delivery: "body", client }).catch(() => undefined);

      await logIn(context);
      await page.goto("/account/activity");
      const history = page.getByRole("main");
      const lines = history.getByRole("listitem");
      await expect(lines.nth(0)).toContainText("Logged in from");
      await expect(lines.nth(0)).toContainText("this session");
      await expect(lines.nth(1)).toContainText("Used refresh token came back");
      await expect(lines.nth(1)).toContainText("Edge on Windows · 198.51.100.9");
      await expect(lines.nth(2)).toContainText("Logged out: a refresh token of this session was used twice");
      await expect(lines.nth(2)).toContainText("Firefox on Linux");
      await expect(lines.nth(3)).toContainText("Wrong password entered, 3 times");
      if (javaScriptEnabled) await shoot(page, "history");
    });
  });
}

test("the audit log follows what happens on another device, and shows older pages when asked", async ({
  page,
  context,
  auth,
  person,
  logIn,
}) => {
  const credentials = { identifier: person.username, password: person.password, ...fromElsewhere, userAgent: firefox };
  for (let count = 0; count < 12; count += 1) await auth.login(credentials);
  const other = await completed(auth.login(credentials));
  await logIn(context);
  await page.goto("/account/activity");
  const history = page.getByRole("main");
  const before = await history.getByRole("listitem").count();
  await history.getByRole("button", { name: "Show more" }).click();
  await expect(history).toContainText("Account created");
  expect(await history.getByRole("listitem").count()).toBeGreaterThan(before);
  await auth.logout({ refreshToken: other.refreshToken, accessToken: undefined });
  await expect(history.getByRole("listitem").first()).toContainText("Logged out");
});
