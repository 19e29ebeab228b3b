import { expect, it } from "vitest";
import { credentialName, loginMethods } from "./login-methods.ts";

it.each([
  [["pwd"], "Password"],
  [["pwd", "otp", "mfa"], "Password, otp"],
])("loginMethods() says %j as %j", (amr, text) => {
  expect(loginMethods(amr)).toBe(text);
});

it.each([
  [{ kind: "password", label: null }, "Password"],
  [{ kind: "passkey", label: null }, "passkey"],
  [{ kind: "passkey", label: "My phone" }, "My phone"],
])("credentialName() says %j as %j", (credential, text) => {
  expect(credentialName(credential)).toBe(text);
});
