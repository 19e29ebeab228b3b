import type { CredentialKind } from "@watchword/auth/core";

/** A second factor of tests that draws nothing: codes on paper, each good once. */
export const paperCode: CredentialKind = {
  kind: "paper_code",
  amr: "otp",
  use: "second_factor",

  verify({ credentials, response }) {
    for (const { id, data } of credentials) {
      const codes: string[] = JSON.parse(data);
      if (codes.includes(response)) return { id, data: JSON.stringify(codes.filter((code) => code !== response)) };
    }
    return undefined;
  },
};

/** One that draws something for a device, which nothing that is typed can answer. */
export const deviceKey: CredentialKind = {
  kind: "device_key",
  amr: "hwk",
  use: "second_factor",
  begin: () => ({ state: "drawn", options: { nonce: "drawn" } }),
  verify: () => undefined,
};
