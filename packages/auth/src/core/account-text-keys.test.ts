import { expect, it } from "vitest";
import { emailKey } from "./account-text.ts";

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
