import { createLocalJWKSet, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { createMemoryStore } from "../../testing/memory-store/store.ts";
import {
  createTestAuth,
  loginAda,
  reasonOf,
  registerAda,
  type TestAuth,
  testIssuer,
  testSecret,
} from "../../testing/test-auth.ts";
import { AuthError } from "../domain/errors.ts";
import type { SigningKeyStore } from "../ports/key-store.ts";

const second = 1_000;
const day = 86_400 * second;
const newSecret = "what-another-deploy-of-these-tests-was-given-9";

const kidOf = (token: string) => JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString("utf8")).kid;
const publicSet = async ({ auth }: TestAuth) => {
  const { keys } = await auth.keys.list();
  return { keys: keys.map(({ kid, publicJwk }) => ({ ...publicJwk, kid, alg: "EdDSA" })) };
};

/** Processes on one store, with one clock; each draws other keys than the others. */
function processes(...secrets: string[][]) {
  const [store, clock] = [createMemoryStore(), createFakeClock()];
  return secrets.map((ofOne, index) => createTestAuth({ store, clock, secrets: ofOne, seed: `process ${index}` }));
}

describe("a key whose time is over", () => {
  it("is followed by the next one: old tokens go on for their whole life, nobody is logged out (K01)", async () => {
    const [one, two] = processes([testSecret], [testSecret]) as [TestAuth, TestAuth];
    const first = await registerAda(one.auth);
    one.clock.advance(90 * day - 10 * second);
    await one.auth.keys.rotateIfDue();
    const login = await loginAda(two.auth);
    expect(kidOf(login.accessToken)).toBe(kidOf(first.accessToken));
    one.clock.advance(10 * second);
    const next = await loginAda(two.auth);
    expect(kidOf(next.accessToken)).not.toBe(kidOf(login.accessToken));
    for (const { auth } of [one, two]) {
      expect(await reasonOf(auth.verify(login.accessToken))).toBe("ok");
      expect(await reasonOf(auth.verify(next.accessToken))).toBe("ok");
    }
    one.clock.advance(889 * second);
    expect(await reasonOf(two.auth.verify(login.accessToken))).toBe("ok");
    one.clock.advance(1 * second);
    expect(await reasonOf(two.auth.verify(login.accessToken))).toBe("access_token_expired");
    const refreshed = await one.auth.refresh({ refreshToken: login.refreshToken, delivery: "body" });
    expect(await reasonOf(two.auth.verify(refreshed.accessToken))).toBe("ok");
  });

  it("stands in the public set before it signs, so that whoever keeps a copy for a day knows every token", async () => {
    const one = createTestAuth();
    let copy = await publicSet(one);
    for (let hour = 0; hour < 200 * 24; hour += 12) {
      one.clock.advance(day / 2);
      if (hour % 24 === 0) copy = await publicSet(one);
      await one.auth.keys.rotateIfDue();
      const { accessToken } = hour === 0 ? await registerAda(one.auth) : await loginAda(one.auth);
      if (hour === 0) copy = await publicSet(one);
      const options = {
        issuer: testIssuer,
        audience: testIssuer,
        typ: "at+jwt",
        currentDate: new Date(one.clock.now()),
      };
      await expect(jwtVerify(accessToken, createLocalJWKSet(copy), options)).resolves.toBeDefined();
    }
  });

  it("is made at the first login after it, when nobody turned the keys in time", async () => {
    const one = createTestAuth();
    const first = await registerAda(one.auth);
    one.clock.advance(400 * day);
    expect(kidOf((await loginAda(one.auth)).accessToken)).not.toBe(kidOf(first.accessToken));
  });

  it("is forgotten a week after its last token: turning leaves as many keys as are in use", async () => {
    const one = createTestAuth();
    for (let round = 0; round < 10; round += 1) {
      await one.auth.keys.rotateIfDue();
      one.clock.advance(45 * day);
    }
    expect((await one.store.readKeyRing()).keys.length).toBeLessThanOrEqual(3);
  });
});

describe("any number of processes", () => {
  it("that start at the same instant make one key, and all sign with it", async () => {
    const all = processes(...Array.from({ length: 8 }, () => [testSecret]));
    await Promise.all(all.map(({ auth }) => auth.keys.rotateIfDue()));
    const [first, ...others] = await Promise.all(all.map(({ auth }) => auth.keys.list()));
    expect(first?.keys).toHaveLength(1);
    for (const other of others) expect(other).toEqual(first);
  });

  it("that log somebody in at the same instant make one key", async () => {
    const [one, two] = processes([testSecret], [testSecret]) as [TestAuth, TestAuth];
    const made = await Promise.all([one, two].map(({ auth }, index) => auth.register({ ...person(index), ...start })));
    expect(new Set(made.map(({ accessToken }) => kidOf(accessToken))).size).toBe(1);
  });

  it("believe a token of a key that another has just made", async () => {
    const [one, two] = processes([testSecret], [testSecret]) as [TestAuth, TestAuth];
    await two.auth.keys.list();
    one.clock.advance(second);
    const { accessToken } = await registerAda(one.auth);
    expect(await reasonOf(two.auth.verify(accessToken))).toBe("ok");
  });
});

describe("a key that was removed too early", () => {
  it("costs one refresh and no login (K02)", async () => {
    const one = createTestAuth();
    const { accessToken, refreshToken } = await registerAda(one.auth);
    await one.store.removeSigningKeys({ before: Number.MAX_SAFE_INTEGER });
    expect(await reasonOf(one.auth.verify(accessToken))).toBe("access_token_expired");
    const again = await one.auth.refresh({ refreshToken, delivery: "body" });
    expect(await reasonOf(one.auth.verify(again.accessToken))).toBe("ok");
    expect(kidOf(again.accessToken)).not.toBe(kidOf(accessToken));
  });
});

describe("replace(), in an emergency", () => {
  it("rejects every older token on the next request of every process, also one verified before (K03)", async () => {
    const [one, two, three] = processes([testSecret], [testSecret], [testSecret]) as [TestAuth, TestAuth, TestAuth];
    const { accessToken, refreshToken } = await registerAda(one.auth);
    const principals = [];
    for (const { auth } of [one, two]) principals.push(await auth.verify(accessToken));
    await three.auth.keys.revokeAndReplace();
    for (const { auth } of [one, two, three]) {
      expect(await reasonOf(auth.verify(accessToken))).toBe("access_token_expired");
    }
    for (const principal of principals) {
      expect(await reasonOf(two.auth.recheck(principal))).toBe("access_token_expired");
    }
    const again = await two.auth.refresh({ refreshToken, delivery: "body" });
    for (const { auth } of [one, two, three]) expect(await reasonOf(auth.verify(again.accessToken))).toBe("ok");
    expect((await publicSet(one)).keys.map(({ kid }) => kid)).toEqual(
      expect.arrayContaining([kidOf(again.accessToken)]),
    );
  });

  it("leaves a token of the old key no use, not even to log somebody out", async () => {
    const [one, two] = processes([testSecret], [testSecret]) as [TestAuth, TestAuth];
    const { accessToken, refreshToken } = await registerAda(one.auth);
    await two.auth.keys.revokeAndReplace();
    await one.auth.logout({ accessToken, refreshToken: undefined });
    expect(await reasonOf(one.auth.refresh({ refreshToken, delivery: "body" }))).toBe("ok");
  });

  it("works when two operators do it at once", async () => {
    const [one, two] = processes([testSecret], [testSecret]) as [TestAuth, TestAuth];
    await registerAda(one.auth);
    await Promise.all([one.auth.keys.revokeAndReplace(), two.auth.keys.revokeAndReplace()]);
    const states = (await one.auth.keys.list()).keys.map(({ state }) => state);
    expect(states.filter((state) => state === "signing")).toHaveLength(1);
    expect(states.filter((state) => state === "revoked")).toHaveLength(2);
  });
});

describe("the secret that the keys are sealed under", () => {
  it("is replaced in three steps without a refresh: added, put first, left alone (K01)", async () => {
    const [before, added, first, after] = processes(
      [testSecret],
      [testSecret, newSecret],
      [newSecret, testSecret],
      [newSecret],
    ) as [TestAuth, TestAuth, TestAuth, TestAuth];
    const { accessToken } = await registerAda(before.auth);
    for (const { auth } of [added, first, after]) {
      await auth.keys.rotateIfDue();
      expect(await reasonOf(auth.verify(accessToken))).toBe("ok");
      expect((await auth.keys.list()).unreadable).toEqual([]);
    }
    expect((await after.store.readKeyRing()).keys).toHaveLength(1);
  });

  it("differs between two processes: each says which keys it cannot open, and clients go on by refreshing (K05)", async () => {
    const [one, two] = processes([testSecret], [newSecret]) as [TestAuth, TestAuth];
    const first = await registerAda(one.auth);
    expect(await reasonOf(two.auth.verify(first.accessToken))).toBe("access_token_invalid");
    const second = await two.auth.refresh({ refreshToken: first.refreshToken, delivery: "body" });
    expect(await reasonOf(two.auth.verify(second.accessToken))).toBe("ok");
    one.clock.advance(1_000);
    expect(await reasonOf(one.auth.verify(second.accessToken))).toBe("access_token_invalid");
    const third = await one.auth.refresh({ refreshToken: second.refreshToken, delivery: "body" });
    expect(await reasonOf(one.auth.verify(third.accessToken))).toBe("ok");
    expect((await one.auth.keys.list()).unreadable).toEqual([kidOf(second.accessToken)]);
    expect((await two.auth.keys.list()).unreadable).toEqual([kidOf(third.accessToken)]);
  });

  it("seals each key once, and leaves alone what this process cannot open", async () => {
    const [one, two] = processes([testSecret], [newSecret]) as [TestAuth, TestAuth];
    await registerAda(one.auth);
    await two.auth.keys.rotateIfDue();
    const before = await one.store.keyRingVersion();
    for (const { auth } of [one, two]) await auth.keys.rotateIfDue();
    expect(await one.store.keyRingVersion()).toBe(before);
  });

  it("is not needed for a key that is retired: what that signed has expired, and is not said to be forged", async () => {
    const [one, two] = processes([testSecret], [newSecret]) as [TestAuth, TestAuth];
    const { accessToken } = await registerAda(one.auth);
    one.clock.advance(90 * day + 960 * second - 1);
    expect(await reasonOf(two.auth.verify(accessToken))).toBe("access_token_invalid");
    one.clock.advance(1);
    expect(await reasonOf(two.auth.verify(accessToken))).toBe("access_token_expired");
    expect((await two.auth.keys.list()).unreadable).toEqual([]);
    await two.auth.keys.rotateIfDue();
    expect(await reasonOf(two.auth.verify(accessToken))).toBe("access_token_expired");
    const strangers = await registerAda(createTestAuth({ seed: "stranger" }).auth);
    expect(await reasonOf(two.auth.verify(strangers.accessToken))).toBe("access_token_invalid");
  });

  it("opens nothing that somebody else wrote into the database under the name of a key", async () => {
    const [one, two] = processes([testSecret], [testSecret]) as [TestAuth, TestAuth];
    const stranger = createTestAuth({ secrets: [newSecret], seed: "stranger" });
    const forged = await registerAda(stranger.auth);
    await registerAda(one.auth);
    const [theirs] = (await stranger.store.readKeyRing()).keys;
    if (!theirs) throw new Error("The stranger has no key");
    await one.store.addSigningKey({ ...theirs, seq: 9 });
    expect(await reasonOf(two.auth.verify(forged.accessToken))).toBe("access_token_invalid");
  });
});

it("asks the store again at once when it did not answer, instead of rejecting for a second what it did not read", async () => {
  const [store, clock] = [createMemoryStore(), createFakeClock()];
  const { accessToken } = await registerAda(createTestAuth({ store, clock }).auth);
  let fails = true;
  const readKeyRing: typeof store.readKeyRing = () =>
    fails ? Promise.reject(new AuthError("temporarily_unavailable")) : store.readKeyRing();
  const two = createTestAuth({ store: { ...store, readKeyRing }, clock });
  expect(await reasonOf(two.auth.verify(accessToken))).toBe("temporarily_unavailable");
  fails = false;
  expect(await reasonOf(two.auth.verify(accessToken))).toBe("ok");
});

it("looks into the store once a second at most for ids of keys that there are not", async () => {
  const store = createMemoryStore();
  let reads = 0;
  const counted: typeof store = {
    ...store,
    readKeyRing: () => {
      reads += 1;
      return store.readKeyRing();
    },
  };
  const one = createTestAuth({ store: counted });
  await registerAda(one.auth);
  const strangers = await Promise.all(
    Array.from(
      { length: 20 },
      async (_, index) => (await registerAda(createTestAuth({ seed: `s${index}` }).auth)).accessToken,
    ),
  );
  one.clock.advance(2 * second);
  reads = 0;
  for (const token of strangers) expect(await reasonOf(one.auth.verify(token))).toBe("access_token_invalid");
  expect(reads).toBe(1);
});

it.each([
  ["written", false],
  ["read again", true],
])("signs nothing when the keys cannot be %s", async (_, added) => {
  const store = createMemoryStore();
  let tries = 0;
  const addSigningKey: SigningKeyStore["addSigningKey"] = async () => {
    tries += 1;
    return added;
  };
  const one = createTestAuth({ store: { ...store, addSigningKey } });
  expect(await reasonOf(registerAda(one.auth))).toBe("temporarily_unavailable");
  expect(tries).toBe(added ? 1 : 4);
});

const start = { delivery: "body", rememberMe: true, userAgent: null, ipAddress: null } as const;

function person(index: number) {
  return { username: `person-${index}`, email: `p${index}@example.com`, name: "P", password: "a long enough password" };
}
