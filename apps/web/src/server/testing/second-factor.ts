import { AsyncLocalStorage } from "node:async_hooks";
import { createAppCaller, createAppRouter } from "@watchword/api";
import type { CredentialKind } from "@watchword/auth/core";
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
