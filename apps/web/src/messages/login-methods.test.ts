import { expect, it } from "vitest";
import { loginMethods } from "./login-methods.ts";

it.each([
  [["pwd"], "Password"],
  [["pwd", "otp", "mfa"], "Password, otp"],
])("loginMethods() says %j as %j", (amr, text) => {
  expect(loginMethods(amr)).toBe(text);
});
