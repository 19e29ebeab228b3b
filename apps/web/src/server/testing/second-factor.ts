import { AsyncLocalStorage } from "node:async_hooks";
import { createCipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { createAppCaller, createAppRouter } from "@watchword/api";
import { type AuthStore, type CredentialKind, newId } from "@watchword/auth/core";
import { createTestAuth, seededRandomBytes, type TestAuth, testIssuer } from "@watchword/auth/testing";
import { createTokenCookies, type TokenCookies } from "@watchword/auth/trpc";
import type { Server } from "../server.ts";

/** A second factor of tests that draws nothing: a word that is right every time. */
export const spokenWord: CredentialKind = {
  kind: "spoken_word",
  amr: "otp",
  use: "second_factor",
  verify: ({ credentials, response }) => credentials.find(({ data }) => data === response),
};

/** One that draws something for a device, which no field of text can answer. */
export const deviceKey: CredentialKind = {
  kind: "device_key",
  amr: "hwk",
  use: "second_factor",
  begin: () => ({ state: "drawn", options: { nonce: "drawn" } }),
  verify: () => undefined,
};

/** The app of this process for the actions under test: the rules with both kinds, in memory, behind the app's own router. */
export function provideTestServer(): TestAuth & { tokenCookies: TokenCookies } {
  const test = createTestAuth({ credentialKinds: [spokenWord, deviceKey], accessTokenTtlSeconds: 7_200 });
  const router = createAppRouter({
    files: {} as never,
    blobs: {} as never,
    feed: {} as never,
    clock: test.clock,
    randomBytes: seededRandomBytes(7),
    maxFileBytes: 1,
    quotaBytes: 1,
  });
  const tokenCookies = createTokenCookies({ appUrl: testIssuer });
  const server: Pick<Server, "auth" | "createCaller" | "tokenCookies" | "source"> & { env: Partial<Server["env"]> } = {
    auth: test.auth,
    createCaller: createAppCaller(router),
    tokenCookies,
    source: new AsyncLocalStorage(),
    env: { appUrl: testIssuer, trustedProxyHops: 0 },
  };
  (globalThis as { watchwordServer?: unknown }).watchwordServer = server;
  return { ...test, tokenCookies };
}

interface Enrolled {
  userId: string;
  kind: Pick<CredentialKind, "kind">;
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
