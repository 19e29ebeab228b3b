import { randomBytes } from "node:crypto";
import { createSecretData } from "../core/credentials/secret-data.ts";
import { newId } from "../core/domain/ids.ts";
import type { CredentialKind } from "../core/ports/credential-kind.ts";
import type { AuthStore } from "../core/ports/store.ts";
import { testSecret } from "./test-auth.ts";

interface TestCredential {
  userId: string;
  kind: Pick<CredentialKind, "kind">;
  /** As the kind reads it: encrypted before it is stored. */
  data: string;
  /** The first of the server's `secrets`. */
  secret?: string;
  /** Drawn unless given. UUID. */
  id?: string;
}

/**
 * Gives a user a credential, as the enrolment of its kind does. Returns its id.
 *
 * @throws {Error} where the store does not add it
 */
export async function addTestCredential(
  store: AuthStore,
  { userId, kind: { kind }, data: text, secret = testSecret, id = newId(0, randomBytes) }: TestCredential,
): Promise<string> {
  const found = await store.findCredentialsById(userId);
  if (!found) throw new Error("There is no such user");
  const data = await createSecretData([secret]).encrypt(text, id);
  const row = { id, userId, kind, lookupKey: null, data, version: 1, label: null, createdAt: 0, lastUsedAt: null };
  const outcome = await store.addCredential({ credential: row, credentialVersion: found.user.credentialVersion });
  if (outcome !== "added") throw new Error(`The credential was not added: ${outcome}`);
  return id;
}
