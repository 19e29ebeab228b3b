import { describe, expect, it } from "vitest";
import { createForger, knownSigningKey } from "../../../test/forged-tokens.ts";
import { tokensOfAda } from "../../../test/tokens-of-ada.ts";
import { seededRandomBytes } from "../../testing/fixtures.ts";
import { createMemoryStore } from "../../testing/memory-store/store.ts";
import { createTestApp } from "../../testing/test-app.ts";
import { testIssuer, testSecret } from "../../testing/test-auth.ts";

const random = seededRandomBytes("forged-tokens.test");
const seed = random(32);
const store = createMemoryStore();
await store.addSigningKey(await knownSigningKey(seed, testSecret, random));
const app = createTestApp({ store });
const { accessToken } = await tokensOfAda(app);
const { forge, forged, misspelt } = await createForger({
  token: accessToken,
  seed,
  secret: testSecret,
  issuer: testIssuer,
  random,
});

const asBearer = (token: string) => ({ authorization: `Bearer ${token}` });
const asCookie = (token: string) => ({ cookie: `__Host-watchword.access=${token}` });
const said = async (headers: Record<string, string>) => {
  const reply = await app.get("auth.me", undefined, headers);
  return [reply.status, reply.body.error?.data.reason ?? "ok", reply.headers.get("www-authenticate")];
};
const invalid = 'Bearer realm="watchword", error="invalid_token", error_description="The access token is not valid"';

it("the right token is accepted, in the header, in the cookie, and in both", async () => {
  expect(forge({})).toBe(accessToken);
  for (const headers of [
    asBearer(accessToken),
    asCookie(accessToken),
    { ...asBearer(accessToken), ...asCookie(accessToken) },
  ]) {
    expect(await said(headers)).toEqual([200, "ok", null]);
  }
});

it("there are a hundred forged ones, and no two alike", () => {
  expect(new Set(forged.map(([, token]) => token)).size).toBeGreaterThanOrEqual(100);
  expect(new Set(forged.map(([name]) => name)).size).toBe(forged.length);
});

describe("a forged token is rejected with 401 and what RFC 6750 says, in the header, in the cookie, and in both", () => {
  it.each(forged)("%s", async (_, token) => {
    expect(await said(asBearer(token))).toEqual([401, "access_token_invalid", invalid]);
    expect(await said(asCookie(token))).toEqual([401, "access_token_invalid", invalid]);
    expect(await said({ ...asBearer(token), ...asCookie(token) })).toEqual([401, "access_token_invalid", invalid]);
  });

  it.each(forged)("beside the right one: %s", async (_, token) => {
    const rejections = [
      await said({ ...asBearer(token), ...asCookie(accessToken) }),
      await said({ ...asBearer(accessToken), ...asCookie(token) }),
      await said({ cookie: `${asCookie(accessToken).cookie}; ${asCookie(token).cookie}` }),
    ];
    expect(rejections).toEqual(Array(3).fill([401, "access_token_invalid", invalid]));
  });
});

describe("another spelling of the right token is rejected", () => {
  // What no header can hold never gets here; a space around a token belongs to the header.
  const sendable = misspelt.filter(([, token]) => /^[\x21-\x7e]+$/.test(token) && token !== "Bearer");
  it.each(sendable)("%s", async (_, token) => {
    expect((await said(asBearer(token)))[1]).toBe("access_token_invalid");
    expect((await said(asCookie(token)))[1]).toBe("access_token_invalid");
  });
});
