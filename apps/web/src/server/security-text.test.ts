import { expect, it } from "vitest";
import { securityText } from "./security-text.ts";

const now = Date.parse("2026-03-01T12:34:56Z");

it("security.txt says where to report a flaw, and for how long that is true (RFC 9116)", () => {
  const settings = { appUrl: "https://app.test", securityContact: "mailto:security@app.test" };
  expect(securityText(settings, now)).toBe(
    "Contact: mailto:security@app.test\nExpires: 2026-08-28T00:00:00.000Z\nPreferred-Languages: en\nCanonical: https://app.test/.well-known/security.txt\n",
  );
});

it("there is none until a contact is set", () => {
  expect(securityText({ appUrl: "https://app.test", securityContact: undefined }, now)).toBeUndefined();
});
