import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { isEmailLinkKind } from "../domain/model.ts";
import { generateEmailLinkSecret, hashEmailLinkToken } from "./link-token.ts";

it("makes 256 bits that a URL takes as they are, and finds their hash again", () => {
  const { text, hash } = generateEmailLinkSecret(randomBytes);
  expect(text).toMatch(/^[\w-]{43}$/);
  expect(hash).toHaveLength(32);
  expect(hashEmailLinkToken(text)).toEqual(hash);
  expect(Buffer.from(hash).toString("base64url")).not.toBe(text);
});

it.each(["", "a", "A".repeat(42), "A".repeat(44), ` ${"A".repeat(42)}`, `${"A".repeat(42)}=`, `${"A".repeat(42)}B`])(
  "takes no other spelling, such as %j",
  (text) => expect(hashEmailLinkToken(text)).toBeUndefined(),
);

it("tells emails with a link from those that only say what happened", () => {
  expect(["verify_email", "reset_password", "change_email", "invitation"].every(isEmailLinkKind)).toBe(true);
  expect(["new_device", "password_changed", ""].some(isEmailLinkKind)).toBe(false);
});
