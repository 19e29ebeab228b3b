import type { CredentialKind } from "../core/ports/credential-kind.ts";

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
