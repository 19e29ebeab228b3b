import type { BrowserContext, Page } from "@playwright/test";
import { expectNoViolations } from "./axe.ts";
import { expect, test } from "./fixtures.ts";

/** Longer than a step-up lasts, shorter than an access token: nothing but the password is missing. */
const aWhileAgo = { minutesAgo: 12 };

type LogIn = (context: BrowserContext, options?: { minutesAgo?: number }) => Promise<unknown>;

async function openAccount({ page, context, logIn }: { page: Page; context: BrowserContext; logIn: LogIn }) {
  await logIn(context, aWhileAgo);
  await page.goto("/account");
  const name = page.getByRole("textbox", { name: "Full name" });
  const dialog = page.getByRole("dialog", { name: "Confirm it is you" });
  const password = dialog.getByLabel("Password", { exact: true });
  return { name, dialog, password };
}

test("a new name waits for the password, says when that is wrong, and is kept when it is right", async ({
  page,
  context,
  logIn,
  person,
}) => {
  const { name, dialog, password } = await openAccount({ page, context, logIn });
  const calls: string[] = [];
  page.on("request", (sent) => {
    if (/auth\.(changeName|confirmPassword)/.test(sent.url())) calls.push(sent.url().split("/").at(-1) ?? "");
  });
  await name.fill("Ada King");
  await page.getByRole("button", { name: "Change name" }).click();
  await expect(password).toBeFocused();
  await password.fill("not the right one");
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(password).toHaveAccessibleDescription(/That password is not right/);
  await expect(dialog.getByRole("alert")).toHaveText("That password is not right");
  await password.fill(person.password);
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("Your name is changed.")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "Ada King" })).toBeVisible();
  expect(calls).toEqual(["changeName", "confirmPassword", "confirmPassword", "changeName"].map((of) => `auth.${of}`));

  await name.fill("Ada Byron");
  await page.getByRole("button", { name: "Change name" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Ada Byron" })).toBeVisible();
  expect(calls.slice(4)).toEqual(["auth.changeName"]);
});

test("a user who cancels the password dialog finds everything as it was", async ({ page, context, logIn, person }) => {
  const { name, dialog } = await openAccount({ page, context, logIn });
  await name.fill("Ada King");
  const change = page.getByRole("button", { name: "Change name" });
  await change.click();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();
  await expect(change).toBeFocused();
  await expect(name).toHaveValue("Ada King");
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: person.name })).toBeVisible();
});

test("by keyboard alone: Escape goes back to where one was, and Enter confirms", async ({
  page,
  context,
  logIn,
  person,
}) => {
  const { name, dialog, password } = await openAccount({ page, context, logIn });
  await name.fill("Ada King");
  await page.keyboard.press("Enter");
  await expect(password).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(name).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(password).toBeFocused();
  await page.keyboard.type(person.password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Ada King" })).toBeVisible();
  await expect(name).toBeFocused();
});

test("the question has no violation and fits, wide and narrow, light and dark", async ({
  page,
  context,
  logIn,
  shoot,
}) => {
  const { dialog, password } = await openAccount({ page, context, logIn });
  await page.getByRole("button", { name: "Change name" }).click();
  await password.fill("not the right one");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toHaveText("That password is not right");
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    await expectNoViolations(page, `the question, ${width}`, (theme) =>
      shoot(page, `${theme}-${width}-confirm-password`),
    );
  }
});

/**
 * A server whose account has codes on paper beside the password, for calls that ask for all factors: no kind but the password is
 * built in. Each entry is how one more call is answered; the calls after the last go to the real server.
 */
async function answerCalls(page: Page, answers: Record<string, object[]>) {
  const sent: Array<[path: string, input: unknown]> = [];
  await page.route("**/api/trpc/auth.*", async (route) => {
    const request = route.request();
    const path = new URL(request.url()).pathname.replace("/api/trpc/auth.", "");
    const body = answers[path]?.shift();
    // The session may be refreshed at any time, by itself.
    if (request.method() === "POST" && path !== "refresh") sent.push([path, request.postDataJSON()]);
    if (!body) return route.continue();
    const { httpStatus = 200 } = (body as { error?: { data: { httpStatus: number } } }).error?.data ?? {};
    await route.fulfill({ status: httpStatus, json: body });
  });
  return sent;
}

const rejection = (reason: string, httpStatus: number, data: object = {}) => ({
  error: { code: -32_003, message: "That code is not right", data: { code: "FORBIDDEN", httpStatus, reason, ...data } },
});
const result = (data: object) => ({ result: { data } });

test("a call that asks for two factors asks for one after the other, and a wrong code is said at the code", async ({
  page,
  context,
  logIn,
  person,
  shoot,
}) => {
  const { name, dialog, password } = await openAccount({ page, context, logIn });
  const needs = (...methods: string[]) => rejection("reauthentication_required", 403, { methods });
  const sent = await answerCalls(page, {
    changeName: [needs("password", "paper_code", "spoken_word"), needs("paper_code", "spoken_word")],
    beginStepUp: [result({ options: {}, expiresIn: 600 }), result({ options: {}, expiresIn: 600 })],
    confirm: [
      rejection("invalid_credentials", 401, { fieldErrors: { response: ["That code is not right"] } }),
      result({ confirmed: true, freshFor: 600 }),
    ],
  });
  await name.fill("Ada King");
  await page.getByRole("button", { name: "Change name" }).click();
  await password.fill(person.password);
  await dialog.getByRole("button", { name: "Confirm" }).click();
  const code = dialog.getByRole("textbox", { name: "Code" });
  await expect(code).toBeFocused();
  await dialog.getByRole("radio", { name: "Spoken word" }).check();
  await expectNoViolations(page, "the dialog for a code", (theme) => shoot(page, `step-up-code-${theme}`));
  await code.fill("not it");
  await page.keyboard.press("Enter");
  await expect(code).toHaveAccessibleDescription(/That code is not right/);
  await code.fill("alpha");
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("heading", { level: 1, name: "Ada King" })).toBeVisible();
  const changed = ["changeName", { name: "Ada King" }];
  const begun = ["beginStepUp", { method: "spoken_word" }];
  expect(sent).toEqual([
    changed,
    ["confirmPassword", { password: person.password }],
    changed,
    begun,
    ["confirm", { method: "spoken_word", response: "not it" }],
    begun,
    ["confirm", { method: "spoken_word", response: "alpha" }],
    changed,
  ]);
});

test("a code that nothing is typed for, or of a kind that draws something, is not sent", async ({
  page,
  context,
  logIn,
}) => {
  const { name, dialog } = await openAccount({ page, context, logIn });
  const sent = await answerCalls(page, {
    changeName: [rejection("reauthentication_required", 403, { methods: ["device_key"] })],
    beginStepUp: [result({ options: { nonce: "drawn" }, expiresIn: 600 })],
  });
  await name.fill("Ada King");
  await page.getByRole("button", { name: "Change name" }).click();
  const code = dialog.getByRole("textbox", { name: "Code" });
  await code.press("Enter");
  await expect(code).toHaveAccessibleDescription(/Enter the code/);
  await code.fill("alpha");
  await page.keyboard.press("Enter");
  await expect(code).toHaveAccessibleDescription(/This page cannot ask for that yet \(Device key\)/);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  expect(sent.map(([path]) => path)).toEqual(["changeName", "beginStepUp"]);
});
