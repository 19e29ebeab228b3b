import { expect, it } from "vitest";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { createFakePasswordHasher } from "../../testing/fake-password-hasher.ts";
import { createMemoryRateLimitCounter } from "../../testing/memory-store/rate-limit-counter.ts";
import { ada, createTestAuth, fromTerminal, loginAda, reasonOf, registerAda } from "../../testing/test-auth.ts";
import type { AuthError } from "../domain/errors.ts";

it("each rejected login is told, with whose it was, where that is known, and why", async () => {
  const { auth, events } = createTestAuth();
  const { user } = await registerAda(auth);
  const lastAfter = async (input: { identifier?: string; password?: string }) => {
    await reasonOf(auth.login({ identifier: "ada", password: ada.password, ...input, ...fromTerminal }));
    return events.at(-1);
  };
  expect(await lastAfter({ identifier: "nobody" })).toEqual({
    type: "login_failed",
    userId: null,
    why: "unknown_user",
  });
  const hers = { type: "login_failed", userId: user.id };
  expect(await lastAfter({ password: "not it at all" })).toEqual({ ...hers, why: "wrong_password" });
  await auth.admin.disable({ actor: null, userId: user.id });
  expect(await lastAfter({ password: "not it at all" })).toEqual({ ...hers, why: "wrong_password" });
  expect(await lastAfter({})).toEqual({ ...hers, why: "disabled" });
});

it("a registration that has to wait is told, and is about nobody's account", async () => {
  const clock = createFakeClock();
  const rateLimitCounter = createMemoryRateLimitCounter(clock);
  const rateLimitRules = { registration: [{ tries: 1, perSeconds: 60 }] };
  const { auth, events } = createTestAuth({ clock, rateLimitCounter, rateLimitRules });
  await registerAda(auth);
  expect(await reasonOf(registerAda(auth))).toBe("rate_limited");
  expect(events.at(-1)).toEqual({ type: "attempts_limited", scope: "registration", userId: null, sessionId: null });
});

it("a registration that is rejected says at each field what is wrong with it", async () => {
  const { auth } = createTestAuth();
  await registerAda(auth);
  const nonsense = { username: "a", email: "b", name: " ", password: ada.password, ...fromTerminal };
  const fieldsOf = (call: Promise<unknown>) => call.catch((error: AuthError) => error.fields);
  expect(await fieldsOf(auth.register(nonsense))).toEqual({
    username: ["Use at least 3 characters"],
    email: ["Enter an email address, like name@example.com"],
    name: ["Enter your name"],
  });
  expect(await fieldsOf(registerAda(auth))).toEqual({
    username: ["That username is taken"],
    email: ["There is already an account with that email address"],
  });
  const twin = { ...ada, username: "grace", ...fromTerminal };
  expect(await fieldsOf(auth.register(twin))).toEqual({
    email: ["There is already an account with that email address"],
  });
});

it("a login is told, and the upgrade of its hash, with whose they were", async () => {
  const { auth, events, passwords } = createTestAuth();
  const { user } = await registerAda(auth);
  passwords.version = 2;
  const before = events.length;
  const { session } = await loginAda(auth);
  expect(events.slice(before)).toEqual([
    { type: "login_succeeded", userId: user.id, sessionId: session.id },
    { type: "password_hash_upgraded", userId: user.id },
  ]);
});

it("nobody is let in under an unknown name, whatever the hasher makes of a password without a hash", async () => {
  const passwords = createFakePasswordHasher();
  passwords.verify = async () => ({ matches: true, needsUpgrade: true, unusable: true });
  const { auth, events } = createTestAuth({ passwords });
  const call = auth.login({ identifier: "nobody", password: ada.password, ...fromTerminal });
  expect(await reasonOf(call)).toBe("invalid_credentials");
  expect(events.map(({ type }) => type)).toEqual(["login_failed"]);
});

it("a fault of ours while a hash is upgraded is thrown on, and not taken for a want of time", async () => {
  const { auth, passwords } = createTestAuth();
  await registerAda(auth);
  passwords.version = 2;
  passwords.hash = async () => {
    throw new Error("no such thread");
  };
  await expect(loginAda(auth)).rejects.toThrow("no such thread");
});

it("a session that has idled to its end counts no more for how many there may be", async () => {
  const { auth, clock } = createTestAuth({ sessionsPerUser: 2, refreshIdleSeconds: 600, accessTokenTtlSeconds: 60 });
  const idle = await registerAda(auth);
  clock.advance(600_000);
  const second = await loginAda(auth);
  const third = await loginAda(auth);
  expect(await reasonOf(auth.refresh({ refreshToken: idle.refreshToken, delivery: "body" }))).toBe("session_expired");
  for (const { accessToken } of [second, third]) expect(await reasonOf(auth.verify(accessToken))).toBe("ok");
  clock.advance(1);
  await loginAda(auth);
  expect(await reasonOf(auth.verify(second.accessToken))).toBe("session_revoked");
});
