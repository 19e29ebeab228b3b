import { createSecretData } from "../../src/core/credentials/secret-data.ts";
import { type AuthStore, type CredentialKind, newId } from "../../src/core/index.ts";
import { seededRandomBytes } from "../../src/testing/fixtures.ts";
import { testSecret } from "../../src/testing/test-auth.ts";

const randomBytes = seededRandomBytes("enrolled");

/** Gives a user a credential, as the enrolment of its kind will. Returns its id. */
export async function enrol(
  store: AuthStore,
  { userId, kind, data, secret = testSecret }: { userId: string; kind: CredentialKind; data: string; secret?: string },
): Promise<string> {
  const found = await store.findCredentialsById(userId);
  if (!found) throw new Error("There is no such user");
  const id = newId(0, randomBytes);
  const outcome = await store.addCredential({
    credential: {
      id,
      userId,
      kind: kind.kind,
      lookupKey: null,
      data: await createSecretData([secret]).encrypt(data, id),
      version: 1,
      label: null,
      createdAt: 0,
      lastUsedAt: null,
    },
    credentialVersion: found.user.credentialVersion,
  });
  if (outcome !== "added") throw new Error(outcome);
  return id;
}
