import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { expect, it, onTestFinished } from "vitest";
import { AuthError } from "../../core/domain/errors.ts";
import { createMemoryStore } from "../../testing/memory-store/store.ts";
import { createTestAuth, registerAda, testIssuer } from "../../testing/test-auth.ts";
import { publicKeySet } from "./public-keys.ts";

it("another service verifies access tokens with it, and needs no secret (RFC 7517, RFC 9068 section 4)", async () => {
  const { auth, clock } = createTestAuth();
  const { accessToken, user } = await registerAda(auth);
  const server = createServer(async (_request, reply) => {
    const answer = await publicKeySet(auth);
    reply.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const keys = createRemoteJWKSet(new URL(`http://127.0.0.1:${port}/.well-known/jwks.json`));
  const rules = { issuer: testIssuer, audience: testIssuer, typ: "at+jwt", currentDate: new Date(clock.now()) };
  const { payload } = await jwtVerify(accessToken, keys, rules);
  expect(payload).toMatchObject({ sub: user.id, username: "ada" });
  await expect(jwtVerify(`${accessToken.slice(0, -8)}AAAAAAAA`, keys, rules)).rejects.toThrow("signature");
});

it("publishes what verifies and what will, nothing private, and nothing that was revoked", async () => {
  const { auth, store, clock } = createTestAuth();
  await registerAda(auth);
  await auth.keys.revokeAndReplace();
  clock.advance(89.5 * 86_400_000);
  await auth.keys.rotateIfDue();
  const answer = await publicKeySet(auth);
  expect(answer.headers.get("content-type")).toBe("application/jwk-set+json");
  expect(answer.headers.get("cache-control")).toBe("public, max-age=3600");
  const { keys } = JSON.parse(await answer.text()) as { keys: Array<Record<string, unknown>> };
  const [, ...usable] = (await store.readKeyRing()).keys;
  expect(keys).toEqual(
    usable.map(({ kid, publicJwk }) => ({ ...JSON.parse(publicJwk), kid, alg: "EdDSA", use: "sig" })),
  );
  for (const key of keys) expect(Object.keys(key).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x"]);
});

it("answers 503 while the keys cannot be read", async () => {
  const gone = () => Promise.reject(new AuthError("temporarily_unavailable"));
  const { auth } = createTestAuth({ store: { ...createMemoryStore(), keyRingVersion: gone } });
  const answer = await publicKeySet(auth);
  expect([answer.status, answer.headers.get("cache-control")]).toEqual([503, "no-store"]);
});
