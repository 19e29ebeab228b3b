import { expect, it } from "vitest";
import { asksForPassword, credentialName, loginMethods, methodName } from "./login-methods.ts";

it.each([
  [["pwd"], "Password"],
  [["pwd", "otp", "mfa"], "Password, otp"],
])("loginMethods() says %j as %j", (amr, text) => {
  expect(loginMethods(amr)).toBe(text);
});

it.each([
  ["password", "Password"],
  ["paper_code", "Paper code"],
  ["key_of_tomorrow", "Key of tomorrow"],
  ["constructor", "Constructor"],
  ["", ""],
])("methodName() says %j as %j", (kind, text) => {
  expect(methodName(kind)).toBe(text);
});

it.each<[string[] | undefined, boolean]>([
  [undefined, true],
  [[], true],
  [["device_key", "password"], true],
  [["device_key"], false],
])("asksForPassword() is for %j %j", (methods, asked) => {
  expect(asksForPassword(methods)).toBe(asked);
});

it.each([
  [{ kind: "password", label: null }, "Password"],
  [{ kind: "passkey", label: null }, "Passkey"],
  [{ kind: "passkey", label: "My phone" }, "My phone"],
])("credentialName() says %j as %j", (credential, text) => {
  expect(credentialName(credential)).toBe(text);
});
