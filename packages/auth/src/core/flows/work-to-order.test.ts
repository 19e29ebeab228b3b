import { expect, it } from "vitest";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { createFakePasswordHasher } from "../../testing/fake-password-hasher.ts";
import { createMemoryRateLimitCounter } from "../../testing/memory-store/rate-limit-counter.ts";
import {
  ada,
  completed,
  createTestAuth,
  fromTerminal,
  loginAda,
  reasonOf,
  registerAda,
} from "../../testing/test-auth.ts";
import { createTestMail } from "../../testing/test-mailer.ts";

const client = (at: number) => ({ userAgent: null, ipAddress: `198.51.100.${at}` });

/** A hasher that works at nothing until it is let go, and counts what it was given. */
async function start() {
  let atMost = 0;
  let underWay = 0;
  let isHeld = false;
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const pause = async () => {
    underWay += 1;
    atMost = Math.max(atMost, underWay);
    if (isHeld) await gate;
    underWay -= 1;
  };
  const clock = createFakeClock();
  const rateLimitCounter = createMemoryRateLimitCounter(clock);
  const test = createTestAuth({ clock, rateLimitCounter, passwords: createFakePasswordHasher({ pause }) });
  const first = await registerAda(test.auth);
  const hold = () => {
    isHeld = true;
    atMost = 0;
  };
  const settle = async () => {
    for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
  };
  return { ...test, first, hold, letGo, settle, atMost: () => atMost, mail: createTestMail(test.auth) };
}

it("forty calls with one link for a new password, from forty addresses, hash one password at a time", async () => {
  const { auth, mail, hold, letGo, settle, atMost } = await start();
  await auth.requestPasswordReset({ email: ada.email, client: client(1) });
  const link = await mail.linkOf("reset_password");
  hold();
  const calls = Array.from({ length: 40 }, (_, at) =>
    reasonOf(auth.resetPassword({ link, newPassword: `a wholly different sentence ${at}`, client: client(at) })),
  );
  await settle();
  expect(atMost()).toBe(1);
  letGo();
  const outcomes = await Promise.all(calls);
  expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(1);
  expect(new Set(outcomes)).toEqual(new Set(["ok", "mail_link_invalid", "temporarily_unavailable"]));
  expect(atMost()).toBe(1);
});

it("a link that is none costs no hash", async () => {
  const { auth, passwords } = await start();
  const before = passwords.calls.length;
  for (const link of ["x", "A".repeat(43)]) {
    expect(await reasonOf(auth.resetPassword({ link, newPassword: "a wholly different one" }))).toBe(
      "mail_link_invalid",
    );
  }
  expect(passwords.calls.length).toBe(before);
});

it("many links from one address have the share of that address, and others still log in", async () => {
  const { auth, mail, hold, letGo, settle, atMost } = await start();
  const links: string[] = [];
  for (let at = 0; at < 12; at += 1) {
    const account = { username: `user${at}`, email: `user${at}@example.com`, name: "Somebody", password: ada.password };
    await auth.register({ ...account, ...fromTerminal, ipAddress: `203.0.113.${at}` });
    await auth.requestPasswordReset({ email: account.email, client: client(at) });
    links.push(await mail.linkOf("reset_password"));
  }
  hold();
  const calls = links.map((link) =>
    reasonOf(auth.resetPassword({ link, newPassword: "a wholly different sentence", client: client(1) })),
  );
  await settle();
  expect(atMost()).toBe(8);
  const login = reasonOf(loginAda(auth, { ...fromTerminal, ipAddress: "192.0.2.200" }));
  await settle();
  expect(atMost()).toBe(9);
  letGo();
  expect(await login).toBe("ok");
  const outcomes = await Promise.all(calls);
  expect(outcomes.filter((outcome) => outcome === "temporarily_unavailable")).toHaveLength(4);
});

it.each(["confirmPassword", "changePassword"] as const)("%s() has the share of its address", async (name) => {
  const { auth, first, hold, letGo, settle, atMost } = await start();
  // Of two users, because one user has ten tries a minute.
  const grace = { ...ada, username: "grace", email: "grace@example.com" };
  const sessions = [first, await auth.register({ ...grace, ...fromTerminal, ipAddress: "203.0.113.100" })];
  for (let at = 0; at < 5; at += 1) {
    const start = { ...fromTerminal, ipAddress: `203.0.113.${at}` };
    sessions.push(await loginAda(auth, start));
    sessions.push(await completed(auth.login({ identifier: grace.username, password: grace.password, ...start })));
  }
  hold();
  const calls = sessions.map((principal) =>
    reasonOf(
      name === "confirmPassword"
        ? auth.confirmPassword({ principal, password: ada.password, client: client(1) })
        : auth.changePassword({
            principal,
            currentPassword: ada.password,
            newPassword: "a wholly different sentence",
            client: client(1),
          }),
    ),
  );
  await settle();
  expect(atMost()).toBe(8);
  letGo();
  const outcomes = await Promise.all(calls);
  expect(outcomes.filter((outcome) => outcome === "temporarily_unavailable").length).toBeGreaterThanOrEqual(4);
});
