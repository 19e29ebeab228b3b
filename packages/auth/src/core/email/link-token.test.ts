import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { isMailLinkKind } from "../domain/model.ts";
import { hashMailLinkText, makeMailLinkSecret } from "./link-token.ts";

it("makes 256 bits that a URL takes as they are, and finds their hash again", () => {
  const { text, hash } = makeMailLinkSecret(randomBytes);
  expect(text).toMatch(/^[\w-]{43}$/);
  expect(hash).toHaveLength(32);
  expect(hashMailLinkText(text)).toEqual(hash);
  expect(Buffer.from(hash).toString("base64url")).not.toBe(text);
});

it.each(["", "a", "A".repeat(42), "A".repeat(44), ` ${"A".repeat(42)}`, `${"A".repeat(42)}=`, `${"A".repeat(42)}B`])(
  "takes no other spelling, such as %j",
  (text) => expect(hashMailLinkText(text)).toBeUndefined(),
);

it("tells mails with a link from those that only say what happened", () => {
  expect(["verify_email", "reset_password", "change_email"].every(isMailLinkKind)).toBe(true);
  expect(["new_device", "password_changed", ""].some(isMailLinkKind)).toBe(false);
});
