import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { newPerson, openPages } from "./long-texts.ts";

/** 320 px is 1280 at 400 %, and 200 % is what WCAG asks of text alone (1.4.4, 1.4.10). */
const views = [
  { width: 320, textPercent: 100 },
  { width: 320, textPercent: 200 },
  { width: 360, textPercent: 200 },
  { width: 768, textPercent: 200 },
  { width: 1280, textPercent: 200 },
];

/** What reaches beyond the edge of the window, and can be seen. */
function beyondTheEdge(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    const beyond = [...document.querySelectorAll<HTMLElement>("body *")].filter((element) => {
      const { left, right, width, height } = element.getBoundingClientRect();
      if (width < 2 || height < 2 || element.closest(".visually-hidden, [class*=skip]")) return false;
      return right > clientWidth + 1 || left < -1;
    });
    const found = beyond.map(
      (element) => `${element.tagName} ${element.className}: ${element.textContent?.slice(0, 40)}`,
    );
    return scrollWidth > clientWidth ? [`the page, ${scrollWidth} px`, ...found] : found;
  });
}

async function fits(page: Page, what: string): Promise<void> {
  for (const { width, textPercent } of views) {
    await page.setViewportSize({ width, height: 800 });
    await page.evaluate((percent) => {
      document.documentElement.style.fontSize = `${percent}%`;
    }, textPercent);
    expect.soft(await beyondTheEdge(page), `${what}, ${width} px, text at ${textPercent} %`).toEqual([]);
  }
}

test("every page fits at 320 px and with text at 200 %, whatever long words a person chose", async ({
  page,
  context,
  auth,
  logIn,
  shoot,
}) => {
  test.slow();
  const person = await newPerson(auth);
  await logIn(context, { as: person });
  for (const { path, name } of await openPages({ page, context, auth, person })) {
    await page.goto(path);
    await fits(page, path);
    await shoot(page, `long-${name}-200`);
    await page.evaluate(() => document.documentElement.removeAttribute("style"));
    await page.setViewportSize({ width: 360, height: 800 });
    await shoot(page, `long-${name}-360`);
  }
  await context.clearCookies();
  for (const path of [
    "/",
    "/login?from=reused",
    "/login?from=unfinished",
    "/register",
    "/forgot-password",
    "/forgot-password/sent",
    "/nowhere",
  ]) {
    await page.goto(path);
    await fits(page, path);
  }
});

test("the dialogs fit, too", async ({ page, context, auth, logIn, shoot }) => {
  const person = await newPerson(auth);
  const { accessToken } = await logIn(context, { as: person, minutesAgo: 12 });
  await page.goto("/files");
  await page.setInputFiles('input[type="file"]', {
    name: `${"w".repeat(120)}.txt`,
    mimeType: "text/plain",
    buffer: Buffer.from("x"),
  });
  await page.getByRole("button", { name: /^Delete w/ }).click();
  await fits(page, "deleting a file");
  await page.getByRole("button", { name: "Keep it" }).click();
  await page.goto("/account");
  await page.getByRole("button", { name: "Change name" }).click();
  await expect(page.getByRole("dialog", { name: "Confirm it is you" })).toBeVisible();
  await fits(page, "confirming the password");
  await shoot(page, "long-confirm-200");
  await page.getByRole("button", { name: "Cancel" }).click();
  await auth.logout({ accessToken, refreshToken: undefined });
  await expect(page.getByRole("dialog", { name: "Log in again to continue" })).toBeVisible();
  await fits(page, "logging in again");
});

test("every link and button is at least 24 px wide and high", async ({ page, context, auth, logIn }) => {
  const person = await newPerson(auth);
  await logIn(context, { as: person });
  for (const { path } of await openPages({ page, context, auth, person })) {
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 });
      await page.goto(path);
      const small = await page
        .locator("a, button, summary, input:not([type=hidden]):not([type=file])")
        .evaluateAll((found) =>
          found
            .map((element) => ({ text: element.textContent ?? "", ...element.getBoundingClientRect().toJSON() }))
            .filter((box) => box.width > 1 && (box.width < 24 || box.height < 24))
            .map(({ text, width, height }) => `${text}: ${width} x ${height}`),
        );
      expect(small, `${path}, ${width} px`).toEqual([]);
    }
  }
});

test("no two words are glued together for whoever copies a page or listens to it", async ({
  page,
  context,
  auth,
  logIn,
}) => {
  const person = await newPerson(auth);
  await logIn(context, { as: person });
  const pages = await openPages({ page, context, auth, person });
  for (const path of [...pages.map((each) => each.path), "/login", "/register"]) {
    if (path === "/login") await context.clearCookies();
    await page.goto(path);
    expect(await gluedWords(page), path).toEqual([]);
  }
});

/** Texts that follow each other in one line with nothing between them: "Linux" and "this device". */
function gluedWords(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const blockOf = (node: Node) => {
      let element = node.parentElement;
      while (element && ["inline", "contents"].includes(getComputedStyle(element).display))
        element = element.parentElement;
      return element;
    };
    const texts: Text[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, (node) =>
      node.parentElement?.closest("script, style, noscript") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
    );
    while (walker.nextNode()) texts.push(walker.currentNode as Text);
    return texts.flatMap((text, at) => {
      const next = texts[at + 1];
      if (!next || text.parentNode === next.parentNode || blockOf(text) !== blockOf(next)) return [];
      return /[\p{L}\p{N}]$/u.test(text.data) && /^[\p{L}\p{N}]/u.test(next.data) ? [`${text.data}|${next.data}`] : [];
    });
  });
}
