import type { Auth } from "@watchword/auth/core";
import { expectGoodInAllViews } from "./axe.ts";
import { expect, type Person, test } from "./fixtures.ts";
import { linkIn } from "./outbox.ts";

async function makeAdmin(auth: Auth, { username }: Person): Promise<void> {
  const user = await auth.admin.findNamed(username);
  if (!user) throw new Error("There is no such person");
  await auth.admin.setRole({ actor: null, userId: user.id, role: "admin" });
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("an administrator invites a user, who chooses a password by the link of the mail and logs in", async ({
      page,
      context,
      browser,
      auth,
      logIn,
      person,
    }) => {
      const tag = Math.random().toString(36).slice(2, 10);
      const [username, email] = [`joan-${tag}`, `joan.${tag}@example.com`];
      await makeAdmin(auth, person);
      await logIn(context);
      await page.goto("/admin");
      await page.getByLabel("Username", { exact: true }).fill(person.username);
      await page.getByRole("button", { name: "Send the invitation" }).click();
      const summary = page.getByRole("alert").filter({ hasText: "There is a problem" });
      await expect(summary.getByRole("listitem")).toHaveCount(2);
      await expect(summary).toBeFocused();
      await expect(page).toHaveTitle(/^Error: /);
      await page.getByLabel("Email", { exact: true }).fill(email);
      await page.getByLabel("Full name").fill("Joan Clarke");
      await page.getByRole("button", { name: "Send the invitation" }).click();
      await expect(summary.getByRole("link", { name: "That username is taken", exact: true })).toBeVisible();
      await expect(page.getByLabel("Full name")).toHaveValue("Joan Clarke");
      await page.getByLabel("Username", { exact: true }).fill(username);
      await page.getByRole("button", { name: "Send the invitation" }).click();

      await expect(page.getByText("The account is created, and an invitation is sent to its address.")).toBeFocused();
      await expect(page.getByText("Invited, has not chosen a password yet.")).toBeVisible();
      await expect(page.getByText("Account created by an administrator")).toBeVisible();
      const managed = page.url();
      await linkIn(page.request, email, "reset-password");
      await page.getByRole("button", { name: "Send the invitation again" }).click();
      await expect(page.getByText("The invitation is sent again.")).toBeAttached();

      const theirs = await browser.newContext({ javaScriptEnabled });
      const other = await theirs.newPage();
      await expect
        .poll(async () => {
          await other.goto(await linkIn(page.request, email, "reset-password"));
          return other.getByRole("heading", { level: 1, name: "Choose your password" }).count();
        })
        .toBe(1);
      const link = other.url();
      await other.getByLabel("Password", { exact: true }).fill("a wholly different sentence");
      await other.getByRole("button", { name: "Set password" }).click();
      await expect(other.getByText("Your password is set. Log in with it.")).toBeVisible();
      await other.getByLabel("Username or email").fill(username);
      await other.getByLabel("Password", { exact: true }).fill("a wholly different sentence");
      await other.getByRole("button", { name: "Log in" }).click();
      await expect(other).toHaveURL("/account");
      const waysIn = other.getByRole("region", { name: "Ways in" });
      await expect(other.getByText("confirmed", { exact: true })).toBeVisible();
      await other.goto("/account/security");
      await expect(waysIn).toContainText("Password");
      await other.goto(link);
      await expect(other.getByRole("heading", { name: "This link is not valid or has expired" })).toBeVisible();
      await theirs.close();

      await page.goto(managed);
      await expect(page.getByRole("button", { name: "Send the invitation again" })).toHaveCount(0);
      await expect(page.getByRole("region", { name: "Ways in" })).toContainText("Password");
      await page.goto("/admin");
    });
  });
}

test("the pages of an invitation hold against the rules, wide and narrow, in both themes", async ({
  page,
  context,
  auth,
  logIn,
  person,
  shoot,
}) => {
  const tag = Math.random().toString(36).slice(2, 10);
  const email = `joan.${tag}@example.com`;
  await makeAdmin(auth, person);
  await logIn(context);
  const { user } = await auth.admin.createUser({ actor: null, username: `joan-${tag}`, email, name: "Joan Clarke" });
  await page.goto("/admin");
  await page.getByRole("button", { name: "Send the invitation" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "There is a problem" })).toBeFocused();
  await expectGoodInAllViews(page, "invite-form", (view) => shoot(page, `invite-form-${view}`));
  await page.goto(`/admin/users/${user.id}`);
  await expectGoodInAllViews(page, "invited-user", (view) => shoot(page, `invited-user-${view}`));
  await page.goto(await linkIn(page.request, email, "reset-password"));
  await expectGoodInAllViews(page, "choose-password", (view) => shoot(page, `choose-password-${view}`));
});
