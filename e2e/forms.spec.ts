import { expect, test } from "./fixtures.ts";

const expected = {
  "/login": [
    { id: "identifier", name: "identifier", type: "text", autocomplete: "username" },
    { id: "password", name: "password", type: "password", autocomplete: "current-password" },
  ],
  "/register": [
    { id: "name", name: "name", type: "text", autocomplete: "name" },
    { id: "email", name: "email", type: "email", autocomplete: "email" },
    { id: "username", name: "username", type: "text", autocomplete: "username" },
    { id: "password", name: "password", type: "password", autocomplete: "new-password" },
  ],
};

for (const [path, fields] of Object.entries(expected)) {
  test(`${path} is a form that password managers know: one form, stable names, the right hints`, async ({ page }) => {
    await page.goto(path);
    expect(await page.locator("main form").count()).toBe(1);
    expect(await page.locator("main form").getAttribute("method")).toMatch(/^post$/i);
    const inputs = await page.locator("main form input:not([type=hidden]):not([type=checkbox])").evaluateAll((found) =>
      found.map((input) => ({
        id: input.id,
        name: input.getAttribute("name"),
        type: input.getAttribute("type") ?? "text",
        autocomplete: input.getAttribute("autocomplete"),
      })),
    );
    expect(inputs).toEqual(fields);
    for (const { id } of fields) {
      const input = page.locator(`#${id}`);
      await expect(page.locator(`label[for="${id}"]`)).toBeVisible();
      await expect(input).not.toHaveAttribute("maxlength");
      const { fontSize, height } = await input.evaluate((element) => ({
        fontSize: Number.parseFloat(getComputedStyle(element).fontSize),
        height: element.getBoundingClientRect().height,
      }));
      expect(fontSize).toBeGreaterThanOrEqual(16);
      expect(height).toBeGreaterThanOrEqual(44);
    }
    for (const id of ["password", path === "/login" ? "identifier" : "email"]) {
      await expect(page.locator(`#${id}`)).toHaveAttribute("spellcheck", "false");
      await expect(page.locator(`#${id}`)).toHaveAttribute("autocapitalize", "none");
    }
  });
}

test("a password can be pasted and shown, says so, and is hidden again when it is sent", async ({ page }) => {
  await page.goto("/login");
  const password = page.locator("#password");
  await page.getByLabel("Username or email").fill("somebody");
  await password.fill("pasted in one go");
  await page.getByRole("button", { name: "Show password" }).click();
  await expect(password).toHaveAttribute("type", "text");
  await expect(page.getByText("Your password is visible")).toBeAttached();
  await page.getByRole("button", { name: "Hide password" }).waitFor();
  await page.keyboard.press("Tab");
  await password.press("Enter");
  await expect(password).toHaveAttribute("type", "password");
});

test("Caps Lock is named and blocks no login", async ({ page }) => {
  await page.goto("/login");
  await page.locator("#password").focus();
  await page.locator("#password").evaluate((input) => {
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "A", bubbles: true, modifierCapsLock: true }));
  });
  await expect(page.getByText("Caps Lock is on")).toBeVisible();
});

test("the rule for passwords is said before anybody types one, and tied to the input", async ({ page }) => {
  await page.goto("/register");
  const described = await page.locator("#password").getAttribute("aria-describedby");
  await expect(page.locator(`#${described?.split(" ")[0]}`)).toContainText("At least 8 characters");
});

test("an identifier is typed once, on whichever page it was typed first", async ({ page }) => {
  await page.goto("/login");
  await page.getByLabel("Username or email").fill("ada@example.com");
  await page.getByRole("link", { name: "Create an account" }).click();
  await expect(page.getByLabel("Email")).toHaveValue("ada@example.com");
  expect(page.url()).not.toContain("ada");
});

test("a form sent before its script has arrived never puts a password into the address", async ({ page }) => {
  await page.route("**/*.js", (route) => route.abort());
  await page.goto("/login");
  await page.getByLabel("Username or email").fill("somebody");
  await page.getByLabel("Password", { exact: true }).fill("typed too early");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("link", { name: "That username or password is not right" })).toBeVisible();
  expect(page.url()).not.toMatch(/typed|early|somebody/);
});

test("while it is sent the button says so, stays focusable, and a lost connection loses nothing", async ({ page }) => {
  await page.goto("/login");
  await page.getByLabel("Username or email").fill("somebody");
  await page.getByLabel("Password", { exact: true }).fill("typed in a tunnel");
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route("**/login", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await held;
    return route.abort("internetdisconnected");
  });
  await page.getByRole("button", { name: "Log in" }).click();
  const pending = page.getByRole("button", { name: /Logging in/ });
  await expect(pending).toHaveAttribute("aria-disabled", "true");
  await expect(pending).toBeFocused();
  letGo();
  await expect(page.getByRole("heading", { name: "There is a problem" })).toBeVisible();
  await expect(page.getByLabel("Username or email")).toHaveValue("somebody");
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("typed in a tunnel");
});

test("a long password, and one of spaces and other scripts, is taken as it is", async ({ page, auth }) => {
  const tag = Math.random().toString(36).slice(2, 10);
  const password = ` ${"пароль 密码 🔑 ".repeat(8)} `;
  await page.goto("/register");
  await page.getByLabel("Your name").fill("Somebody");
  await page.getByLabel("Email").fill(`${tag}@example.com`);
  await page.getByLabel("Username").fill(tag);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL("/account");
  const start = { delivery: "body", rememberMe: true, userAgent: null, ipAddress: null } as const;
  await auth.login({ ...start, identifier: tag, password });
  await expect(auth.login({ ...start, identifier: tag, password: password.trim() })).rejects.toMatchObject({
    reason: "invalid_credentials",
  });
});
