import type { CredentialKind } from "@watchword/auth/core";

/** One that draws something for a device, which nothing that is typed can answer. */
export const deviceKey: CredentialKind = {
  kind: "device_key",
  amr: "hwk",
  use: "second_factor",
  begin: () => ({ state: "drawn", options: { nonce: "drawn" } }),
  verify: () => undefined,
};
