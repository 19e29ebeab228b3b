import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { seededRandomBytes } from "../../testing/fixtures.ts";
import { createDeviceTokens } from "./device-token.ts";

const random = seededRandomBytes("device-token.test");
const [one, two, three] = ["one", "two", "three"].map((name) => `the-secret-of-these-tests-number-${name}`) as [
  string,
  string,
  string,
];

it("a device token is trusted under any secret that is in use, and signed with the first", () => {
  const token = createDeviceTokens([one], random).issue("ada");
  const id = createDeviceTokens([one], random).read(token, "ada");
  expect(id).toMatch(/^[\w-]{22}$/);
  for (const secrets of [[one], [two, one], [one, two], [three, one, two]]) {
    expect(createDeviceTokens(secrets, random).read(token, "ada")).toBe(id);
  }
  expect(createDeviceTokens([two, three], random).read(token, "ada")).toBeUndefined();
  expect(createDeviceTokens([two, one], random).issue("ada", id)).toBe(
    createDeviceTokens([two], random).issue("ada", id),
  );
});

it("a device token is HMAC-SHA-256 under a key of HKDF, so that every version to come believes what this one signed", () => {
  const token = createDeviceTokens([one], random).issue("ada");
  const [id, signature] = token.split(".");
  const hmac = (key: Uint8Array, text: string | Uint8Array) => createHmac("sha256", key).update(text).digest();
  // RFC 5869 with an empty salt, written out: extract, then the first block of expand.
  const key = hmac(hmac(Buffer.alloc(32), one), Buffer.from("watchword/device/v1\x01"));
  expect(signature).toBe(hmac(key, JSON.stringify([id, "ada"])).toString("base64url"));
});

it.each(["", "x", ".", `${"A".repeat(22)}.`, `${"A".repeat(22)}.${"A".repeat(42)}`, undefined])(
  "%j is no device token",
  (token) => expect(createDeviceTokens([one], random).read(token, "ada")).toBeUndefined(),
);

it("no device token is made without a secret", () => {
  expect(() => createDeviceTokens([], random).issue("ada")).toThrow("There is no secret to sign with");
});
