import { createSecretData } from "../../../core/credentials/secret-data.ts";
import { newId } from "../../../core/domain/ids.ts";
import type { CredentialKind } from "../../../core/ports/credential-kind.ts";
import type { AuthStore } from "../../../core/ports/store.ts";
import { seededRandomBytes } from "../../fixtures.ts";
import { testSecret } from "../../test-auth.ts";

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

/** Adds one to an account, past the servers. @returns false where the account was changing */
export async function addSecondFactor(store: AuthStore, userId: string, credentialVersion: number): Promise<boolean> {
  const id = newId(0, seededRandomBytes(`second factor of ${userId}`));
  const data = await createSecretData([testSecret]).encrypt("nothing secret", id);
  const outcome = await store.addCredential({
    credential: {
      id,
      userId,
      kind: simulatedKind.kind,
      lookupKey: null,
      data,
      version: 1,
      label: null,
      createdAt: 0,
      lastUsedAt: null,
    },
    credentialVersion,
  });
  return outcome === "added";
}
