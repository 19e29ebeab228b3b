import { expect, it } from "vitest";
import { emailKey, validateEmail } from "./email.ts";

it.each([
  ["nobody", "nobody"],
  [" Nobody ", "nobody"],
  ["", ""],
  ["a@BÜCHER.example", "a@xn--bcher-kva.example"],
  ["@example.com", "@example.com"],
  ["a@b@Example.com", "a@b@example.com"],
  ["a@b/c", "a@"],
  ["a@", "a@"],
  ["a@exa\u00ADmple.com", "a@"],
])("%j is compared as %j, whether it is an address or not", (typed, key) => expect(emailKey(typed)).toBe(key));

it("an address has 254 characters at most, of which 64 stand before the @ (RFC 5321 section 4.5.3.1)", () => {
  const address = (local: number, domain: number) => {
    const label = "d".repeat(61);
    const rest = domain - 2 * (label.length + 1) - ".example".length;
    return `${"l".repeat(local)}@${label}.${label}.${"e".repeat(rest)}.example`;
  };
  expect(address(64, 189)).toHaveLength(254);
  expect(validateEmail(address(64, 189))).toBeUndefined();
  expect(validateEmail(address(64, 190))).toBeDefined();
  expect(validateEmail(address(65, 150))).toBeDefined();
});

it("it is the last part of a domain that says in which letters the others are expected", () => {
  expect(validateEmail("ada@сор.example.рф")).toBeUndefined();
  expect(validateEmail("ada@сор.рф.example")).toBe("Use Latin letters where they look the same");
});
