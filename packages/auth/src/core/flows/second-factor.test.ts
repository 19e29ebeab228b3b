import { describe, expect, it } from "vitest";
import { deviceKey, newDeviceKey } from "../../../test/kinds/device-key.ts";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { createMemoryRateLimitCounter } from "../../testing/memory-store/rate-limit-counter.ts";
import { createMemoryStore } from "../../testing/memory-store/store.ts";
import { paperCode } from "../../testing/paper-code.ts";
import {
  ada,
  createTestAuth,
  fromTerminal,
  reasonOf,
  registerAda,
  type TestAuthOptions,
  testSecret,
} from "../../testing/test-auth.ts";
import { addTestCredential } from "../../testing/test-credential.ts";
import { AuthError } from "../domain/errors.ts";
import type { CredentialKind } from "../ports/credential-kind.ts";
import type { AuthStore } from "../ports/store.ts";

const credentials = { identifier: ada.username, password: ada.password };
const body = { delivery: "body" } as const;
/** A first factor beside the password, as a login with a provider is. */
const federated: CredentialKind = { kind: "federated", amr: "fed", use: "first_factor", verify: () => undefined };
const otherSecret = "another-secret-of-tests-that-no-other-process-has";

/** Ada with two codes on paper, in two credentials. */
async function start(options: TestAuthOptions = {}) {
  const store: AuthStore = { ...createMemoryStore() };
  const test = createTestAuth({ credentialKinds: [deviceKey, paperCode, federated], store, ...options });
  const first = await registerAda(test.auth);
  const userId = first.user.id;
  const add = (kind: CredentialKind, data: string) => addTestCredential(store, { userId, kind, data });
  const [one, other] = [await add(paperCode, '["alpha"]'), await add(paperCode, '["beta"]')];
  const logIn = async (client: Partial<typeof fromTerminal> = {}) => {
    const result = await test.auth.login({ ...credentials, ...fromTerminal, ...client });
    if (result.status === "complete") throw new Error("There was no second factor");
    return result;
  };
  const complete = (challenge: string, response: string, method = "paper_code") =>
    test.auth.completeLogin({ challenge, method, response, ...body, userAgent: null, ipAddress: null });
  const principal = { user: { ...first.user, credentialVersion: 3 }, session: first.session };
  const client = { userAgent: null, ipAddress: null };
  return { ...test, store, first, userId, add, one, other, logIn, complete, principal, client };
}

const errorOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => (error instanceof AuthError ? error : expect.fail(String(error))),
  );

describe("login() of an account with a second factor", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    [null, null],
  ])("counts its challenge in the network of %j", async (ipAddress, network) => {
    const { store, logIn } = await start();
    const { addChallenge } = store;
    const networks: Array<string | null> = [];
    store.addChallenge = (add) => {
      networks.push(add.challenge.network);
      return addChallenge(add);
    };
    await logIn({ ipAddress });
    expect(networks).toEqual([network]);
  });

  it("is put off when the credentials change while the challenge is made", async () => {
    const { store, logIn } = await start();
    store.addChallenge = async () => "credentials_changed";
    expect(await reasonOf(logIn())).toBe("temporarily_unavailable");
  });

  it("upgrades an old hash with the first factor, because the password does not come again", async () => {
    const { passwords, events, logIn, complete } = await start();
    passwords.version = 2;
    const { challenge } = await logIn();
    expect(events.filter(({ type }) => type === "password_hash_upgraded")).toHaveLength(1);
    expect(await reasonOf(complete(challenge, "alpha"))).toBe("ok");
    await logIn();
    expect(events.filter(({ type }) => type === "password_hash_upgraded")).toHaveLength(1);
  });

  it("names all credentials that it cannot read", async () => {
    const { store, clock, add } = await start();
    await add(deviceKey, newDeviceKey().data);
    const { auth } = createTestAuth({
      credentialKinds: [deviceKey, paperCode, federated],
      store,
      clock,
      secrets: [otherSecret],
    });
    const error = await errorOf(auth.login({ ...credentials, ...fromTerminal }));
    expect(error?.message).toContain("(device_key, paper_code)");
  });
});

describe("beginSecondFactor()", () => {
  it("draws nothing for a kind that needs nothing", async () => {
    const { auth, logIn } = await start();
    const { challenge } = await logIn();
    expect(await auth.beginSecondFactor({ challenge, method: "paper_code", ...body })).toEqual({ options: {} });
  });

  it("is rejected when the challenge ends meanwhile", async () => {
    const { auth, store, logIn } = await start();
    const { challenge } = await logIn();
    store.setChallengeData = async () => false;
    expect(await reasonOf(auth.beginSecondFactor({ challenge, method: "paper_code", ...body }))).toBe(
      "challenge_invalid",
    );
  });

  it("says at the field that the account does not use a method", async () => {
    const { auth, logIn } = await start();
    const { challenge } = await logIn();
    const error = await errorOf(auth.beginSecondFactor({ challenge, method: "device_key", ...body }));
    expect(error?.fields).toEqual({ method: ["This account does not use that method"] });
  });
});

describe("completeLogin()", () => {
  it("notes the use of the credential that was proven, and of no other", async () => {
    const { auth, store, userId, one, other, logIn, complete, clock } = await start();
    clock.advance(1_000);
    const { challenge } = await logIn();
    await complete(challenge, "beta");
    const used = (await store.listCredentials(userId)).filter(({ lastUsedAt }) => lastUsedAt === auth.now());
    expect(used.map(({ id }) => id).sort()).toEqual([userId, other].sort());
    expect(used.map(({ id }) => id)).not.toContain(one);
  });

  it("takes no answer of a kind about a credential that is not the user's", async () => {
    const liar: CredentialKind = { ...paperCode, verify: () => ({ id: "another's", data: "x" }) };
    const { logIn, complete } = await start({ credentialKinds: [liar, deviceKey, federated] });
    const { challenge } = await logIn();
    expect(await reasonOf(complete(challenge, "alpha"))).toBe("invalid_credentials");
  });

  it("takes no first factor for the second one", async () => {
    const { add, logIn, complete } = await start();
    await add(federated, "x");
    const { challenge } = await logIn();
    expect(await reasonOf(complete(challenge, "x", "federated"))).toBe("challenge_invalid");
    expect(await reasonOf(complete(challenge, "alpha"))).toBe("ok");
  });

  it("begins nothing when a credential is added after the challenge was read", async () => {
    const { auth, store, userId, add, logIn, complete } = await start();
    const { challenge } = await logIn();
    const { findCredentialsById } = store;
    store.findCredentialsById = async (id) => {
      store.findCredentialsById = findCredentialsById;
      await add(deviceKey, newDeviceKey().data);
      return findCredentialsById(id);
    };
    expect(await reasonOf(complete(challenge, "alpha"))).toBe("challenge_invalid");
    expect(await auth.listSessions(userId)).toHaveLength(1);
  });

  it("begins nothing when the account is deleted after the challenge was read", async () => {
    const { store, logIn, complete } = await start();
    const { challenge } = await logIn();
    store.findCredentialsById = async () => undefined;
    expect(await reasonOf(complete(challenge, "alpha"))).toBe("challenge_invalid");
  });

  it("emits an event for the first response beyond the limit", async () => {
    const clock = createFakeClock();
    const { logIn, complete, events, userId } = await start({
      clock,
      rateLimitCounter: createMemoryRateLimitCounter(clock),
    });
    for (let count = 0; count < 7; count += 1) await reasonOf(complete((await logIn()).challenge, "wrong"));
    expect(events.filter(({ type }) => type === "attempts_limited")).toEqual([
      { type: "attempts_limited", scope: "secondFactor", userId, sessionId: null },
    ]);
  });
});

describe("a step-up of an account with several kinds", () => {
  it("by a kind that draws nothing needs no challenge", async () => {
    const { auth, principal, client } = await start();
    expect(await auth.beginStepUp({ principal, method: "paper_code", client })).toEqual({
      challenge: undefined,
      options: {},
      expiresIn: 600,
    });
  });

  it("is asked for in words that fit what is missing", async () => {
    const { auth, first, principal, client, clock } = await start();
    const none = await errorOf(auth.requireStepUp({ principal: first, stepUpToken: undefined }));
    expect([none?.message, none?.methods]).toEqual([
      "Enter your password again to do this",
      ["paper_code", "password"],
    ]);
    clock.advance(600_000);
    const { token: stepUpToken } = await auth.confirmPassword({ principal: first, password: ada.password });
    const purpose = "administration" as const;
    const error = await errorOf(auth.requireStepUp({ principal: first, stepUpToken, purpose }));
    expect([error?.message, error?.methods]).toEqual(["Show again that it is you to do this", ["paper_code"]]);
    expect(await reasonOf(auth.requireStepUp({ principal: first, stepUpToken }))).toBe("ok");
    const call = { principal, method: "paper_code", response: "alpha", challenge: undefined, client };
    const both = await auth.confirm({ ...call, stepUpToken });
    expect(await reasonOf(auth.requireStepUp({ principal: first, stepUpToken: both.token, purpose }))).toBe("ok");
  });

  it("keeps each kind once, with its newest time", async () => {
    const { auth, store, first, clock, principal, client } = await start();
    const call = { principal, method: "paper_code", challenge: undefined, client };
    let { token: stepUpToken } = await auth.confirm({ ...call, response: "alpha" });
    clock.advance(1_000);
    for (let count = 0; count < 2; count += 1) {
      ({ token: stepUpToken } = await auth.confirmPassword({ principal: first, password: ada.password, stepUpToken }));
    }
    const found = await store.findStoredSession(first.session.id);
    expect(found?.session.stepUpMethods).toEqual([
      { kind: "paper_code", at: clock.now() - 1_000 },
      { kind: "password", at: clock.now() },
    ]);
  });

  it("notes the last use of the password", async () => {
    const { auth, store, first, userId, clock } = await start();
    clock.advance(1_000);
    await auth.confirmPassword({ principal: first, password: ada.password });
    const password = (await store.listCredentials(userId)).find(({ kind }) => kind === "password");
    expect(password?.lastUsedAt).toBe(clock.now());
  });

  it("takes a code once, of two calls at the same moment", async () => {
    const { auth, principal, client } = await start();
    const confirm = () =>
      reasonOf(auth.confirm({ principal, method: "paper_code", response: "alpha", challenge: undefined, client }));
    const reasons = await Promise.all([confirm(), confirm()]);
    expect(reasons.sort()).toEqual(["challenge_invalid", "ok"]);
  });

  it("emits an event for the first response beyond the limit", async () => {
    const clock = createFakeClock();
    const { auth, principal, client, events, userId } = await start({
      clock,
      rateLimitCounter: createMemoryRateLimitCounter(clock),
    });
    const call = { principal, method: "paper_code", response: "wrong", challenge: undefined, client };
    for (let count = 0; count < 7; count += 1) await reasonOf(auth.confirm(call));
    const sessionId = principal.session.id;
    expect(events.filter(({ type }) => type === "attempts_limited")).toEqual([
      { type: "attempts_limited", scope: "proof", userId, sessionId },
    ]);
  });

  it("in a session whose row is gone is asked for again", async () => {
    const { auth, store, first } = await start();
    store.findStoredSession = async () => undefined;
    const stepUpToken = first.stepUp?.token;
    expect(await reasonOf(auth.requireStepUp({ principal: first, stepUpToken }))).toBe("reauthentication_required");
  });

  it("of an account that is deleted meanwhile is rejected", async () => {
    const { auth, store, principal, client, userId } = await start();
    await store.deleteUser({ userId });
    const call = { principal, method: "paper_code", response: "alpha", challenge: undefined, client };
    expect(await reasonOf(auth.confirm(call))).toBe("validation_failed");
    expect(await reasonOf(auth.confirmPassword({ principal, password: ada.password }))).toBe("invalid_credentials");
  });
});

describe("reencryptCredentials()", () => {
  it.each([1, 198, 199, 450])("goes through %d more credentials, however many there are", async (more) => {
    const { store, clock, add } = await start();
    for (let count = 0; count < more; count += 1) await add(paperCode, `["${count}"]`);
    const { auth } = createTestAuth({
      store,
      clock,
      secrets: [otherSecret, testSecret],
    });
    expect(await auth.reencryptCredentials()).toEqual({ reencrypted: more + 2, unreadable: 0 });
    expect(await auth.reencryptCredentials()).toEqual({ reencrypted: 0, unreadable: 0 });
  });
});
