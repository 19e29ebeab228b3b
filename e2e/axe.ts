import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

type Theme = "light" | "dark";

/**
 * Holds a page against every rule of axe in the light, and in the dark against those that a change of colours can break: the
 * rest of it stays the same.
 *
 * @param look called in each theme, for a picture
 */
export async function expectNoViolations(
  page: Page,
  what: string,
  shoot: (theme: Theme) => Promise<void>,
): Promise<void> {
  for (const theme of ["light", "dark"] as const) {
    // Without motion: halfway between two themes a button has neither's contrast.
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    const axe = new AxeBuilder({ page });
    const { violations } = await (theme === "dark" ? axe.withRules(["color-contrast"]) : axe).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    expect(found, `${what}, ${theme}`).toEqual([]);
    await shoot(theme);
  }
}

/** Holds a page against the rules and its own width, wide and narrow and in both themes, from one load; with a picture of each. */
export async function expectGoodInAllViews(
  page: Page,
  what: string,
  shoot: (view: string) => Promise<void>,
): Promise<void> {
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(tooWide, `${what}, ${width}`).toBeLessThanOrEqual(0);
    await expectNoViolations(page, `${what}, ${width}`, (theme) => shoot(`${theme}-${width}`));
  }
}
