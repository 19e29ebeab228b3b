import type { CredentialKind } from "../../../core/ports/credential-kind.ts";

/** What a client responds, always rightly: what is tried here is the order of events, and not the guessing. */
export const rightResponse = "the right response";

/** The second factor of the histories. */
export const simulatedKind: CredentialKind = {
  kind: "simulated",
  amr: "otp",
  use: "second_factor",
  verify: ({ credentials: [credential], response }) =>
    credential && response === rightResponse ? { id: credential.id, data: credential.data } : undefined,
};
