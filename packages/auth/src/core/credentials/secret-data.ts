import { createHash, hkdfSync } from "node:crypto";
import { CompactEncrypt, compactDecrypt } from "jose";

/** Encrypts what is kept of a credential, under the secrets of the process. */
export interface SecretData {
  /**
   * @param owner the id of the row that the text belongs to: in another row it does not decrypt
   * @returns `current`, and a JWE in compact form (RFC 7516 section 7.1)
   */
  encrypt(text: string, owner: string): Promise<string>;
  /** Undefined when no secret of this process decrypts it, it belongs to another row, or it was changed. */
  decrypt(stored: string, owner: string): Promise<string | undefined>;
  /** What all encrypted texts begin with. */
  readonly encrypted: string;
  /** What those begin with that the first secret encrypted. */
  readonly current: string;
}

const encrypted = "jwe:";
const storedShape = /^jwe:([\w-]{12}):([\w.-]+)$/;
const algorithms = { alg: "dir", enc: "A256GCM" } as const;

/** @param secrets the first encrypts, any of them decrypts */
export function createSecretData(secrets: readonly string[]): SecretData {
  const keys = new Map(secrets.map(keyOf).map(({ id, key }) => [id, key]));
  const [first] = keys;
  if (!first) throw new Error("There is no secret to encrypt with");
  const [keyId, firstKey] = first;
  const current = `${encrypted}${keyId}:`;

  return {
    encrypted,
    current,

    async encrypt(text, owner) {
      const jwe = await new CompactEncrypt(Buffer.from(text))
        .setProtectedHeader({ ...algorithms, owner })
        .encrypt(firstKey);
      return current + jwe;
    },

    async decrypt(stored, owner) {
      const [, id = "", jwe = ""] = storedShape.exec(stored) ?? [];
      const key = keys.get(id);
      if (!key) return undefined;
      try {
        const { plaintext, protectedHeader } = await compactDecrypt(jwe, key, {
          keyManagementAlgorithms: [algorithms.alg],
          contentEncryptionAlgorithms: [algorithms.enc],
        });
        return protectedHeader.owner === owner ? Buffer.from(plaintext).toString() : undefined;
      } catch {
        return undefined; // changed since, or no JWE
      }
    },
  };
}

/** By HKDF (RFC 5869) under a label of its own, so that another use of the secret cannot attack this one. */
function keyOf(secret: string): { id: string; key: Uint8Array } {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "watchword/credential/v1/encrypt", 32));
  const id = createHash("sha256").update("watchword/credential/v1/key-id").update(key).digest("base64url").slice(0, 12);
  return { id, key };
}
