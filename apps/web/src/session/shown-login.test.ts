import { expect, it } from "vitest";
import { createShownLogin } from "./shown-login.ts";

it("calls every listener with the newest login, and with its end, until it unsubscribes", () => {
  const shown = createShownLogin();
  const seen: unknown[] = [];
  expect(shown.isShown()).toBe(false);
  const stop = shown.subscribe(() => seen.push(shown.newest()));
  expect(shown.newest()).toBeUndefined();
  expect(shown.isShown()).toBe(true);
  const login = { expiresIn: 900, refreshExpiresIn: 86_400, rotations: 1 };
  shown.show(login);
  shown.show(null);
  stop();
  shown.show(login);
  expect(seen).toEqual([login, null]);
});
