import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { CredentialKind } from "../../src/core/index.ts";

/** What is kept of a device: a key that it shares with the server, and how often it responded. */
interface DeviceKeyData {
  key: string;
  uses: number;
}

/**
 * A second factor of tests: the device signs a nonce that the server draws, as a security key does. This folder, and the line that
 * gives it to `createAuth`, are all that a kind takes.
 */
export const deviceKey: CredentialKind = {
  kind: "device_key",
  amr: "hwk",
  use: "second_factor",

  begin({ randomBytes: draw }) {
    const nonce = Buffer.from(draw(16)).toString("base64url");
    return { state: nonce, options: { nonce } };
  },

  verify({ credentials, response, state = "" }) {
    for (const { id, data } of credentials) {
      const kept: DeviceKeyData = JSON.parse(data);
      const expected = Buffer.from(respond(kept.key, state));
      const given = Buffer.from(response);
      if (given.length === expected.length && timingSafeEqual(given, expected)) {
        return { id, data: JSON.stringify({ ...kept, uses: kept.uses + 1 }) };
      }
    }
    return undefined;
  },
};

/** What is stored of a new device, before the rules encrypt it. */
export function newDeviceKey(): { key: string; data: string } {
  const key = randomBytes(32).toString("base64url");
  return { key, data: JSON.stringify({ key, uses: 0 } satisfies DeviceKeyData) };
}

/** What the device does. */
export function respond(key: string, nonce: string): string {
  return createHmac("sha256", Buffer.from(key, "base64url")).update(nonce).digest("base64url");
}
