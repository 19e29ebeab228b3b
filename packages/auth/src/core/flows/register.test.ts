import { describe, expect, it } from "vitest";
import { errorOf } from "../../../test/test-session.ts";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { createMemoryRateLimitCounter } from "../../testing/memory-store/rate-limit-counter.ts";
import { inParallel } from "../../testing/store-contract/harness.ts";
import {
  ada,
  createTestAuth,
  fromBrowser,
  fromTerminal,
  loginAda,
  reasonOf,
  registerAda,
} from "../../testing/test-auth.ts";
import { createTestMail } from "../../testing/test-mailer.ts";
import { hourMs } from "../email/outbox.ts";

const day = 86_400_000;

describe("register()", () => {
  it("makes the account and begins a session", async () => {
    const { auth, clock, events } = createTestAuth();
    const issued = await registerAda(auth, fromBrowser);
    expect(issued.user).toMatchObject({
      username: "ada",
      email: "ada@example.com",
      name: "Ada Lovelace",
      disabledAt: null,
    });
    expect(issued.session).toMatchObject({
      generation: 0,
      delivery: "cookie",
      expiresAt: clock.now() + 30 * day,
      ipAddress: "192.0.2.7",
    });
    expect(issued).toMatchObject({ expiresIn: 900, refreshExpiresIn: 1_209_600 });
    expect((await auth.verify(issued.accessToken)).user).toEqual(issued.user);
    expect(events).toEqual([{ type: "user_registered", userId: issued.user.id, sessionId: issued.session.id }]);
  });

  it("hands out a user without a hash", async () => {
    const { auth } = createTestAuth();
    const { user } = await registerAda(auth);
    expect(Object.keys(user).sort()).toEqual([
      "claimsVersion",
      "createdAt",
      "credentialVersion",
      "disabledAt",
      "email",
      "emailVerifiedAt",
      "id",
      "name",
      "role",
      "username",
    ]);
  });

  it("keeps names as typed, without the spaces around them", async () => {
    const { auth } = createTestAuth();
    const { user } = await auth.register({
      ...ada,
      username: " Ada ",
      email: " Ada@Example.com ",
      name: " Ada L. ",
      ...fromTerminal,
    });
    expect(user).toMatchObject({ username: "Ada", email: "Ada@Example.com", name: "Ada L." });
  });

  it.each([
    ["username", { username: "ＡＤＡ" }, "username_taken"],
    ["email", { username: "grace", email: "ADA@EXAMPLE.COM" }, "email_taken"],
    ["email, with a fullwidth @", { username: "grace", email: "ada\uFF20example.com" }, "email_taken"],
  ] as const)("rejects a twin of a taken %s, and names the field", async (_, twin, reason) => {
    const { auth } = createTestAuth();
    await registerAda(auth);
    const error = await errorOf(auth.register({ ...ada, email: "other@example.com", ...twin, ...fromTerminal }));
    expect(error).toMatchObject({ reason, status: 409 });
    expect(Object.keys(error.fields ?? {})).toEqual([reason.split("_")[0]]);
  });

  it("makes one account of parallel registrations under one name or email (P11)", async () => {
    const { auth } = createTestAuth();
    const calls = Array.from({ length: 20 }, (_, index) => {
      const username = index % 2 ? "ADA" : `ada${index}`;
      return reasonOf(
        auth.register({ ...ada, username, email: index % 3 ? "Ada@example.com" : "ada@EXAMPLE.com", ...fromTerminal }),
      );
    });
    const outcomes = await Promise.all(calls);
    expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.endsWith("_taken"))).toHaveLength(19);
  });

  it("says what is wrong with each field at once, before anything is hashed", async () => {
    const { auth, passwords } = createTestAuth();
    const error = await errorOf(
      auth.register({ username: "a", email: "b", name: " ", password: "x", ...fromTerminal }),
    );
    expect(error).toMatchObject({ reason: "validation_failed" });
    expect(Object.keys(error.fields ?? {})).toEqual(["username", "email", "name", "password"]);
    expect(passwords.calls).toEqual([]);
  });

  it.each([
    ["empty fields", { username: "", name: " ", email: "nobody", password: "short" }],
    ["texts that are too long", { username: "u".repeat(5_000), name: "n".repeat(5_000), email: "e", password: "" }],
    [
      "texts that no text can be",
      { username: "a\0b", name: "\ud800", email: "a\0@b.example", password: "long enough\0" },
    ],
  ])("says it of %s together with the shape of the others and the password", async (_, wrong) => {
    const { auth } = createTestAuth();
    const error = await errorOf(auth.register({ ...wrong, ...fromTerminal }));
    expect(error).toMatchObject({ reason: "validation_failed", status: 400 });
    expect(Object.keys(error.fields ?? {}).sort()).toEqual(["email", "name", "password", "username"]);
  });

  it("names a username and an address that are both taken, in one answer", async () => {
    const { auth } = createTestAuth();
    await registerAda(auth);
    const error = await errorOf(auth.register({ ...ada, username: "ADA", ...fromTerminal }));
    expect(error).toMatchObject({ reason: "username_taken", status: 409 });
    expect(Object.keys(error.fields ?? {})).toEqual(["username", "email"]);
  });

  it.each(["short", "password123", ada.email, "Ada Lovelace", "watchword"])(
    "rejects the password %j",
    async (password) => {
      const { auth, passwords } = createTestAuth();
      const error = await errorOf(auth.register({ ...ada, password, ...fromTerminal }));
      expect(error).toMatchObject({ reason: "password_unacceptable", status: 422 });
      expect(passwords.calls).toEqual([]);
    },
  );

  it("leaves the name free when the store cannot take the account", async () => {
    const { auth, store } = createTestAuth();
    const full = createTestAuth({
      store: { ...store, createAccount: async () => Promise.reject(new Error("disk full")) },
    });
    await expect(registerAda(full.auth)).rejects.toThrow();
    expect(await reasonOf(registerAda(auth))).toBe("ok");
  });
});

describe("registration by email", () => {
  const { email, ...account } = ada;
  const grace = { username: "grace", name: "Grace Hopper", password: "a long enough sentence" };

  function start() {
    const test = createTestAuth({ registration: "by_mail" });
    const mail = createTestMail(test.auth);
    const ask = (address: string = email) => test.auth.requestRegistration({ email: address, client: fromBrowser });
    const askForLink = async (address?: string) => {
      await ask(address);
      return mail.linkOf("register");
    };
    const complete = (link: string, input: typeof account | typeof grace = account) =>
      test.auth.completeRegistration({ ...input, link, ...fromBrowser });
    return { ...test, mail, ask, askForLink, complete };
  }

  it("closes register(), before anything is looked up or hashed", async () => {
    const { auth, passwords, store } = start();
    expect(await errorOf(registerAda(auth))).toMatchObject({ reason: "registration_by_mail", status: 403 });
    expect(passwords.calls).toEqual([]);
    expect(await store.findCredentials({ emailKey: email })).toBeUndefined();
  });

  it("makes the account with the address that the link went to, confirmed, and logs it in", async () => {
    const { auth, clock, askForLink, complete, events, mail } = start();
    const link = await askForLink(" Ada@Example.com ");
    expect(mail.sent).toMatchObject([{ kind: "register", to: "Ada@Example.com", user: null, linkSeconds: 86_400 }]);
    expect(await auth.findRegistrationLinkEmail(link)).toEqual({ email: "Ada@Example.com" });
    const { user, session, accessToken } = await complete(link);
    expect(user).toMatchObject({ username: "ada", email: "Ada@Example.com", emailVerifiedAt: clock.now() });
    expect((await auth.verify(accessToken)).user).toEqual(user);
    expect(events).toContainEqual({ type: "user_registered", userId: user.id, sessionId: session.id });
    expect(await mail.deliver()).toEqual([]); // there is nothing left to confirm
    expect(await reasonOf(loginAda(auth))).toBe("ok");
  });

  it("in a browser remembers the device that it was made on, and in no client with a body", async () => {
    const clock = createFakeClock();
    const { auth } = createTestAuth({
      clock,
      rateLimitCounter: createMemoryRateLimitCounter(clock),
      registration: "by_mail",
    });
    const mail = createTestMail(auth);
    for (const [start, device] of [
      [fromBrowser, expect.any(String)],
      [fromTerminal, undefined],
    ] as const) {
      await auth.requestRegistration({ email: `${start.delivery}@example.com` });
      const link = await mail.linkOf("register");
      const issued = await auth.completeRegistration({ ...account, username: start.delivery, link, ...start });
      expect(issued.deviceToken).toEqual(device);
    }
  });

  it("asks the same of the store for every address, and tells only its owner that there is an account (P14)", async () => {
    const asked: unknown[] = [];
    const { store, auth: open } = createTestAuth();
    const { user } = await registerAda(open);
    const watched = new Proxy(store, {
      get: (target, name: keyof typeof store) => {
        asked.push(name);
        return target[name];
      },
    });
    const { auth } = createTestAuth({ store: watched, registration: "by_mail" });
    const callsOf = async (address: string) => {
      asked.length = 0;
      await auth.requestRegistration({ email: address, client: fromBrowser });
      return [...asked];
    };
    expect(await callsOf(email)).toEqual(["enqueueEmail"]);
    expect(await callsOf("nobody@example.com")).toEqual(["enqueueEmail"]);
    const mails = await createTestMail(auth).deliver();
    const written = new Map(mails.map((mail) => [mail.kind, mail]));
    expect([...written.keys()].sort()).toEqual(["already_registered", "register", "verify_email"]);
    expect(written.get("already_registered")).toMatchObject({ to: user.email, user: { id: user.id }, link: null });
    expect(written.get("register")).toMatchObject({ to: "nobody@example.com", client: { ipAddress: "192.0.2.7" } });
  });

  it("a link makes one account of any number of concurrent uses, and none ever after (P13)", async () => {
    const { askForLink, complete, auth } = start();
    const link = await askForLink();
    const outcomes = await inParallel(8, (index) => reasonOf(complete(link, { ...account, username: `ada${index}` })));
    expect([...outcomes].sort()).toEqual([...Array(7).fill("mail_link_invalid"), "ok"]);
    expect(await reasonOf(complete(link, grace))).toBe("mail_link_invalid");
    expect(await auth.findRegistrationLinkEmail(link)).toBeUndefined();
  });

  it("a link is still good after a username that was taken, or a password that will not do", async () => {
    const { askForLink, complete } = start();
    await complete(await askForLink("grace@example.com"), grace);
    const link = await askForLink();
    const taken = await errorOf(complete(link, { ...grace, username: "GRACE" }));
    expect(taken).toMatchObject({ reason: "username_taken", fields: { username: [taken.message] } });
    expect(await reasonOf(complete(link, { ...account, password: "short" }))).toBe("password_unacceptable");
    expect(await reasonOf(complete(link, { ...account, password: email }))).toBe("password_unacceptable");
    expect(await reasonOf(complete(link, { ...account, username: "" }))).toBe("validation_failed");
    expect(await reasonOf(complete(link))).toBe("ok");
  });

  it("a link dies with its time, with a newer one, and when somebody has the address; one that never was is told alike", async () => {
    const { auth, clock, store, askForLink, complete, passwords } = start();
    const first = await askForLink();
    const second = await askForLink();
    expect(await reasonOf(complete(first))).toBe("mail_link_invalid");
    clock.advance(auth.settings.verifyLinkSeconds * 1000 - 1);
    expect(await auth.findRegistrationLinkEmail(second)).toEqual({ email });
    clock.advance(1);
    expect(await reasonOf(complete(second))).toBe("mail_link_invalid");
    const third = await askForLink();
    await registerAda(createTestAuth({ store, clock, seed: 2 }).auth);
    for (const link of [third, "never was", ""]) {
      expect(await reasonOf(complete(link, grace))).toBe("mail_link_invalid");
      expect(await auth.findRegistrationLinkEmail(link)).toBeUndefined();
    }
    expect(passwords.calls).toEqual([]);
  });

  it("an address that somebody took while the password was hashed makes no second account (P11)", async () => {
    const { auth, store, clock, askForLink } = start();
    const link = await askForLink();
    const { auth: late } = createTestAuth({
      clock,
      registration: "by_mail",
      store: {
        ...store,
        createAccount: async (wanted) => {
          await registerAda(createTestAuth({ store, clock, seed: 3 }).auth);
          return store.createAccount(wanted);
        },
      },
    });
    expect(await reasonOf(late.completeRegistration({ ...grace, link, ...fromBrowser }))).toBe("mail_link_invalid");
    expect(await reasonOf(auth.login({ identifier: "grace", password: grace.password, ...fromBrowser }))).toBe(
      "invalid_credentials",
    );
  });

  it("a link says what is wrong with every field at once, and stays good", async () => {
    const { askForLink, complete } = start();
    const link = await askForLink();
    const error = await errorOf(complete(link, { username: "", name: " ", password: "short" }));
    expect(error).toMatchObject({ reason: "validation_failed" });
    expect(Object.keys(error.fields ?? {}).sort()).toEqual(["name", "password", "username"]);
    expect(await reasonOf(complete(link))).toBe("ok");
  });

  it("sends an address so many emails in an hour and no more, and the owner of a disabled account none (P14)", async () => {
    const { auth, clock, ask, mail, askForLink, complete } = start();
    const { user } = await complete(await askForLink());
    for (let asked = 0; asked < 8; asked += 1) await ask();
    const before = mail.sent.length;
    expect((await mail.deliver()).map(({ kind }) => kind)).toEqual(Array(4).fill("already_registered"));
    expect(before).toBe(1);
    await auth.admin.disable({ actor: null, userId: user.id });
    clock.advance(hourMs);
    await ask();
    expect(await mail.deliver()).toEqual([]);
  });

  it.each(["nobody", "", "ada@", "a b@example.com"])("rejects %j, which is no address", async (address) => {
    const { ask, mail } = start();
    expect(await errorOf(ask(address))).toMatchObject({
      reason: "validation_failed",
      fields: { email: [expect.any(String)] },
    });
    expect(await mail.deliver()).toEqual([]);
  });
});
