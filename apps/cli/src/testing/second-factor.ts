import { createCipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { type AuthStore, type CredentialKind, newId } from "@watchword/auth/core";

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

interface Enrolled {
  userId: string;
  kind: CredentialKind;
  /** As the kind reads it. */
  data: string;
  /** That of the server. */
  secret: string;
}

/** Gives a user a credential, as the enrolment of its kind will. */
export async function enrol(store: AuthStore, { userId, kind, data, secret }: Enrolled): Promise<void> {
  const found = await store.findCredentialsById(userId);
  if (!found) throw new Error("There is no such user");
  const id = newId(0, randomBytes);
  const outcome = await store.addCredential({
    credential: {
      id,
      userId,
      kind: kind.kind,
      lookupKey: null,
      data: encrypt(data, id, secret),
      version: 1,
      label: null,
      createdAt: 0,
      lastUsedAt: null,
    },
    credentialVersion: found.user.credentialVersion,
  });
  if (outcome !== "added") throw new Error(outcome);
}

/** By docs/decisions/0025-assurance.md: a JWE in compact form (RFC 7516 section 7.1) that names the row it belongs to. */
function encrypt(text: string, owner: string, secret: string): string {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "watchword/credential/v1/encrypt", 32));
  const keyId = createHash("sha256").update("watchword/credential/v1/key-id").update(key).digest("base64url");
  const header = Buffer.from(JSON.stringify({ alg: "dir", enc: "A256GCM", owner })).toString("base64url");
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(header));
  const encrypted = Buffer.concat([cipher.update(text), cipher.final()]);
  const [vector, content, tag] = [iv, encrypted, cipher.getAuthTag()].map((bytes) => bytes.toString("base64url"));
  return `jwe:${keyId.slice(0, 12)}:${header}..${vector}.${content}.${tag}`;
}
