import { describe, expect, it } from "vitest";
import { inParallel } from "../../testing/store-contract/harness.ts";
import { ada, createTestAuth, fromTerminal, loginAda, reasonOf, registerAda } from "../../testing/test-auth.ts";
import { createTestMail } from "../../testing/test-mailer.ts";
import { AuthError } from "../domain/errors.ts";

const grace = { username: "Grace", email: "Grace.Hopper@example.com", name: "Grace Hopper" };
const newPassword = "a wholly different sentence";
const week = 604_800_000;

async function start() {
  const test = createTestAuth();
  const { auth } = test;
  const admin = await registerAda(auth);
  const actor = admin.user.id;
  const mail = createTestMail(auth);
  await mail.deliver();
  const invite = (account: Partial<typeof grace> = {}) => auth.admin.createUser({ actor, ...grace, ...account });
  const choose = (link: string, password: string = newPassword) =>
    reasonOf(auth.resetPassword({ link, newPassword: password }));
  const login = (password: string = newPassword) =>
    reasonOf(auth.login({ identifier: "grace", password, ...fromTerminal }));
  const auditEvents = async (userId: string) =>
    (await auth.listAuditEntries(userId, { limit: 100 })).entries.map(
      ({ event, detail, actorId }) => `${event} ${detail} ${actorId === null ? "" : "by an administrator"}`,
    );
  return { ...test, actor, mail, invite, choose, login, auditEvents };
}

describe("an invitation", () => {
  it("goes to the new account's address, says how long it is good, and nothing of the administrator's device", async () => {
    const { mail, invite, store } = await start();
    const { user, isInvited } = await invite();
    expect(isInvited).toBe(true);
    expect(user).toMatchObject({ ...grace, role: "user", emailVerifiedAt: null });
    expect(await store.findCredentialsById(user.id)).toEqual({ user, passwordHash: null, kinds: [] });
    expect(await store.listSessions(user.id)).toEqual([]);
    expect(await mail.deliver()).toEqual([
      expect.objectContaining({
        kind: "invitation",
        to: grace.email,
        link: expect.stringMatching(/^[\w-]{43}$/),
        linkSeconds: week / 1000,
        client: { userAgent: null, ipAddress: null },
      }),
    ]);
  });

  it("lets its owner choose the password, which logs in; the address is verified by it", async () => {
    const { auth, mail, invite, choose, login, auditEvents } = await start();
    const { user } = await invite();
    expect(await login()).toBe("invalid_credentials");
    expect(await choose(await mail.linkOf("invitation"))).toBe("ok");
    expect(await login()).toBe("ok");
    const found = await auth.admin.findUser(user.id);
    expect(found.user.emailVerifiedAt).toBe(auth.now());
    expect(found.credentials).toEqual([
      { kind: "password", label: null, createdAt: auth.now(), lastUsedAt: auth.now() },
    ]);
    expect(await auditEvents(user.id)).toEqual(
      expect.arrayContaining([
        "user_created invitation by an administrator",
        "authn_token_created invitation ",
        "authn_password_change invitation ",
      ]),
    );
  });

  it("its link is good for one of any number of concurrent uses, and never again (P13)", async () => {
    const { mail, invite, choose } = await start();
    await invite();
    const link = await mail.linkOf("invitation");
    const outcomes = await inParallel(6, (index) => choose(link, `${newPassword} ${index}`));
    expect(outcomes.toSorted()).toEqual([...Array(5).fill("mail_link_invalid"), "ok"]);
    expect(await choose(link)).toBe("mail_link_invalid");
  });

  it("its link outlives a rejected password, and opens no other door", async () => {
    const { auth, mail, invite, choose } = await start();
    await invite();
    const link = await mail.linkOf("invitation");
    expect(await choose(link, "Grace Hopper")).toBe("password_unacceptable");
    expect(await reasonOf(auth.verifyEmail({ link }))).toBe("mail_link_invalid");
    expect(await auth.findLinkOwner({ link, kind: "reset_password" })).toBeUndefined();
    expect(await auth.findLinkOwner({ link, kind: "invitation" })).toMatchObject(grace);
    expect(await choose(link)).toBe("ok");
  });

  it("its link ends after a week; then a forgotten password still leads in", async () => {
    const { auth, clock, mail, invite, choose, login } = await start();
    await invite();
    const link = await mail.linkOf("invitation");
    clock.advance(week - 1);
    expect(await auth.findLinkOwner({ link, kind: "invitation" })).toBeDefined();
    clock.advance(1);
    expect(await choose(link)).toBe("mail_link_invalid");
    await auth.requestPasswordReset({ email: grace.email });
    expect(await choose(await mail.linkOf("reset_password"))).toBe("ok");
    expect(await login()).toBe("ok");
  });

  it("is void once the password was chosen in another way, its link and one that still waits (P13)", async () => {
    const { auth, actor, mail, invite, choose, events } = await start();
    const { user } = await invite();
    const link = await mail.linkOf("invitation");
    await auth.requestPasswordReset({ email: grace.email });
    const reset = await mail.linkOf("reset_password");
    await auth.admin.sendInvitation({ actor, userId: user.id });
    expect(await choose(reset)).toBe("ok");
    expect(await choose(link)).toBe("mail_link_invalid");
    expect((await mail.deliver()).map(({ kind }) => kind)).toEqual(["password_changed"]);
    expect(events.filter(({ type }) => type === "invitation_accepted")).toEqual([]);
  });

  it("is void while the account is disabled, and after that", async () => {
    const { auth, actor, mail, invite, choose } = await start();
    const { user } = await invite();
    const link = await mail.linkOf("invitation");
    await auth.admin.disable({ actor, userId: user.id });
    expect(await choose(link)).toBe("mail_link_invalid");
    expect(await reasonOf(auth.admin.sendInvitation({ actor, userId: user.id }))).toBe("not_found");
    await auth.admin.enable({ actor, userId: user.id });
    expect(await choose(link)).toBe("mail_link_invalid");
    await auth.admin.sendInvitation({ actor, userId: user.id });
    expect(await choose(await mail.linkOf("invitation"))).toBe("ok");
  });
});

describe("admin.createUser()", () => {
  it("names every field that is wrong at once, as a registration does, and adds nothing", async () => {
    const { auth, invite, mail } = await start();
    const wrong = { username: "a b", email: "no address", name: " " };
    const registered = await auth
      .register({ ...wrong, password: newPassword, ...fromTerminal })
      .catch((error) => error);
    const invited = await invite(wrong).catch((error) => error);
    expect(invited).toMatchObject({ reason: "validation_failed" });
    expect(Object.keys(invited.fields)).toEqual(["username", "email", "name"]);
    expect(invited.fields).toEqual(registered.fields);
    expect(await mail.deliver()).toEqual([]);
    expect((await auth.admin.findUsers("a")).users).toHaveLength(1);
  });

  it.each([
    [{ username: "ADA" }, "username_taken", ["username"]],
    [{ email: ada.email }, "email_taken", ["email"]],
    [{ username: "ADA", email: ada.email }, "username_taken", ["username", "email"]],
  ])("rejects %j with %s", async (taken, reason, fields) => {
    const { invite } = await start();
    const error = await invite(taken).catch((rejection) => rejection);
    expect([error.reason, Object.keys(error.fields)]).toEqual([reason, fields]);
  });

  it("keeps the account and says so where its address has had the most mails of an hour", async () => {
    const { auth, invite, mail, clock, actor, events } = await start();
    for (let time = 0; time < 5; time += 1) await auth.requestRegistration({ email: grace.email });
    await mail.deliver();
    const { user, isInvited } = await invite();
    expect(isInvited).toBe(false);
    expect(await mail.deliver()).toEqual([]);
    const again = auth.admin.sendInvitation({ actor, userId: user.id });
    await expect(again).rejects.toMatchObject({ reason: "rate_limited", retryAfterSeconds: 3_600 });
    clock.advance(3_600_000);
    expect(await reasonOf(auth.admin.sendInvitation({ actor, userId: user.id }))).toBe("ok");
    expect(events).toContainEqual({ type: "invitation_sent_again", userId: user.id, actorId: actor });
  });

  it("keeps the account and says so where the outbox is busy, and throws what is no rejection", async () => {
    const { invite, store } = await start();
    const { enqueueEmail } = store;
    store.enqueueEmail = () => Promise.reject(new AuthError("temporarily_unavailable"));
    expect(await invite()).toMatchObject({ isInvited: false });
    store.enqueueEmail = () => Promise.reject(new Error("disk I/O error"));
    await expect(invite({ username: "joan", email: "joan@example.com" })).rejects.toThrow("disk I/O error");
    store.enqueueEmail = enqueueEmail;
  });
});

describe("admin.sendInvitation()", () => {
  it("sends a new link, which replaces the one before, and is in the audit log", async () => {
    const { auth, actor, mail, invite, choose, auditEvents } = await start();
    const { user } = await invite();
    const first = await mail.linkOf("invitation");
    await auth.admin.sendInvitation({ actor, userId: user.id });
    const second = await mail.linkOf("invitation");
    expect(await choose(first)).toBe("mail_link_invalid");
    expect(await choose(second)).toBe("ok");
    expect(await auditEvents(user.id)).toContain("authz_admin invitation by an administrator");
  });

  it("sends none to an account that has a password, is disabled or is not there", async () => {
    const { auth, actor, mail } = await start();
    expect(await reasonOf(auth.admin.sendInvitation({ actor, userId: actor }))).toBe("already_has_password");
    const { user } = await auth.register({ ...grace, password: newPassword, ...fromTerminal });
    await mail.deliver();
    await auth.admin.disable({ actor, userId: user.id });
    for (const userId of [user.id, "0198c0de-0000-7000-8000-000000000000"]) {
      expect(await reasonOf(auth.admin.sendInvitation({ actor, userId }))).toBe("not_found");
    }
    expect(await mail.deliver()).toEqual([]);
  });

  it("sends none where the password is chosen between the look and the order", async () => {
    const { auth, actor, mail, invite, choose, store } = await start();
    const { user } = await invite();
    const link = await mail.linkOf("invitation");
    const { enqueueEmail } = store;
    store.enqueueEmail = async (email, limit) => {
      store.enqueueEmail = enqueueEmail;
      expect(await choose(link)).toBe("ok");
      return enqueueEmail(email, limit);
    };
    expect(await reasonOf(auth.admin.sendInvitation({ actor, userId: user.id }))).toBe("not_found");
    expect((await mail.deliver()).map(({ kind }) => kind)).toEqual([]);
  });
});

describe("an account without a password", () => {
  it("is a stranger's wrong password to a login, a step-up and a change of the password, with the same work", async () => {
    const { auth, invite, login, passwords, store } = await start();
    const { user } = await invite();
    const before = passwords.calls.length;
    expect(await login()).toBe("invalid_credentials");
    expect(passwords.calls.slice(before)).toEqual([{ method: "verify", stored: false }]);
    const other = await loginAda(auth);
    const session = { ...other.session, id: other.session.id.replace(/^./, "f"), userId: user.id };
    await store.createSession({ ...session, credentialVersion: 1 });
    const principal = { user, session };
    expect(await reasonOf(auth.confirmPassword({ principal, password: newPassword }))).toBe("invalid_credentials");
    const change = { principal, currentPassword: newPassword, newPassword: "one more sentence" };
    await expect(auth.changePassword(change)).rejects.toMatchObject({
      reason: "invalid_credentials",
      fields: { currentPassword: ["That is not your current password"] },
    });
  });

  it("has its name and its address taken: a registration is rejected as with any other account", async () => {
    const { auth, invite, mail } = await start();
    await invite();
    await mail.deliver();
    const registering = auth.register({ ...grace, password: newPassword, ...fromTerminal });
    await expect(registering).rejects.toMatchObject({
      reason: "username_taken",
      fields: { username: [expect.any(String)], email: [expect.any(String)] },
    });
    await auth.requestRegistration({ email: grace.email });
    expect((await mail.deliver()).map(({ kind }) => kind)).toEqual(["already_registered"]);
  });

  it("gets its first password by a reset: request, mail, link, login", async () => {
    const { auth, invite, mail, choose, login } = await start();
    const { user } = await invite();
    await auth.requestPasswordReset({ email: grace.email });
    expect(await choose(await mail.linkOf("reset_password"))).toBe("ok");
    expect(await login()).toBe("ok");
    expect(await auth.listCredentials(user.id)).toMatchObject([{ kind: "password" }]);
  });
});

it("listCredentials() gives nothing that proves or finds a credential", async () => {
  const { auth, actor } = await start();
  expect(await auth.listCredentials(actor)).toEqual([
    { kind: "password", label: null, createdAt: auth.now(), lastUsedAt: auth.now() },
  ]);
});
