import type { Page } from "@playwright/test";

/** Waits until React has taken over what the server rendered: every element of the page is one of its own then. */
export async function untilTaken(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll("main *:not(input[type=hidden])")].every((element) =>
      Object.keys(element).some((key) => key.startsWith("__reactFiber")),
    ),
  );
}
