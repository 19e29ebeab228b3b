import type { AuthDeps } from "../deps.ts";

/** Rows of one step: each costs two encryptions, which take microseconds. */
const step = 200;

export interface Reencrypted {
  /** How many credentials are now under the first secret. */
  reencrypted: number;
  /** How many no secret of this process decrypts. They stay as they are. */
  unreadable: number;
}

/**
 * Encrypts the credentials that an older secret encrypted under the first one, so that the operator may drop the older secret. A
 * use in between wins: it has encrypted anew itself.
 */
export function createReencryption({ store, secretData, emit }: Pick<AuthDeps, "store" | "secretData" | "emit">) {
  return async (): Promise<Reencrypted> => {
    const done = { reencrypted: 0, unreadable: 0 };
    const { encrypted, current } = secretData;
    let after: string | null = null;
    do {
      const found = await store.listOutdatedCredentials({ encrypted, current, after, limit: step });
      for (const { id, userId, kind, data: from } of found) {
        const text = await secretData.decrypt(from, id);
        if (text === undefined) {
          done.unreadable += 1;
          emit({ type: "credential_unreadable", userId, credentialId: id, kind });
        } else if (await store.reencryptCredential({ id, from, to: await secretData.encrypt(text, id) })) {
          done.reencrypted += 1;
        }
      }
      after = found.length === step ? (found.at(-1)?.id ?? null) : null;
    } while (after !== null);
    return done;
  };
}
