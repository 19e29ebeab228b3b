import { describe, expect, it } from "vitest";
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
import type { EmailMessage } from "../ports/mailer.ts";

const newPassword = "a wholly different sentence";
const client = { userAgent: "Mozilla/5.0 Firefox/140.0", ipAddress: "198.51.100.4" };

async function start() {
  const test = createTestAuth();
  const first = await registerAda(test.auth);
  const principal = { user: first.user, session: first.session };
  const mail = createTestMail(test.auth);
  const askForReset = async () => {
    await test.auth.requestPasswordReset({ email: ada.email, client });
    return mail.linkOf("reset_password");
  };
  const reset = (link: string, password: string = newPassword) =>
    reasonOf(test.auth.resetPassword({ link, newPassword: password, client }));
  const login = (password: string) => reasonOf(test.auth.login({ identifier: "ada", password, ...fromTerminal }));
  const auditEvents = async () =>
    (await test.auth.listAuditEntries(first.user.id, { limit: 100 })).entries.map(
      ({ event, detail }) => `${event} ${detail}`,
    );
  const now = async () => (await test.auth.verify((await loginAda(test.auth)).accessToken)).user;
  return { ...test, first, principal, mail, askForReset, reset, login, auditEvents, now };
}

/** Several are on their way at once: in which order they arrive is nobody's promise. */
const byKind = (a: EmailMessage, b: EmailMessage) => (a.kind < b.kind ? -1 : 1);

const grace = { username: "grace", email: "grace@example.com", name: "Grace Hopper", password: "a long enough one" };

describe("a forgotten password", () => {
  it("is replaced by the link: the new one logs in, every session ends, the old one is nobody's", async () => {
    const { auth, first, askForReset, reset, login, auditEvents, mail } = await start();
    const second = await loginAda(auth, fromBrowser);
    expect(await reset(await askForReset())).toBe("ok");
    expect(await login(newPassword)).toBe("ok");
    expect(await login(ada.password)).toBe("invalid_credentials");
    for (const { accessToken } of [first, second]) {
      expect(await reasonOf(auth.verify(accessToken))).toBe("session_revoked");
    }
    expect(await auditEvents()).toEqual(
      expect.arrayContaining(["authn_token_created reset_password", "authn_password_change reset"]),
    );
    const notice = (await mail.deliver()).find(({ kind }) => kind === "password_changed");
    expect(notice).toMatchObject({ to: ada.email, client });
  });

  it("its link is good for one of any number of concurrent uses, and never again (P13)", async () => {
    const { askForReset, reset } = await start();
    const link = await askForReset();
    const outcomes = await inParallel(8, (index) => reset(link, `${newPassword} ${index}`));
    expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "mail_link_invalid")).toHaveLength(7);
    expect(await reset(link)).toBe("mail_link_invalid");
  });

  it.each(["the password", "the address"])("its link is dead after a change of %s (P13)", async (what) => {
    const { auth, principal, mail, askForReset, reset, login } = await start();
    const link = await askForReset();
    if (what === "the password") {
      await auth.changePassword({ principal, currentPassword: ada.password, newPassword: "one more sentence" });
    } else {
      await auth.changeEmail({ principal, email: "ada.king@example.org" });
      await auth.verifyEmail({ link: await mail.linkOf("change_email") });
    }
    expect(await reset(link)).toBe("mail_link_invalid");
    expect(await login(newPassword)).toBe("invalid_credentials");
  });

  it("its link is dead when its time is over, and when a newer one was sent (P13)", async () => {
    const { auth, clock, askForReset, reset } = await start();
    const first = await askForReset();
    const second = await askForReset();
    expect(await reset(first)).toBe("mail_link_invalid");
    clock.advance(auth.settings.resetLinkSeconds * 1000);
    expect(await reset(second)).toBe("mail_link_invalid");
    expect(await reset(await askForReset())).toBe("ok");
  });

  it("the link of one account changes no other, and a link for something else nothing (P13)", async () => {
    const { auth, mail, askForReset, reset, login, principal } = await start();
    const verify = await mail.linkOf("verify_email");
    await auth.register({ ...grace, ...fromTerminal });
    await auth.requestPasswordReset({ email: grace.email });
    const hers = await mail.linkOf("reset_password");
    const own = await askForReset();
    expect(await reset(verify)).toBe("mail_link_invalid");
    expect(await reasonOf(auth.verifyEmail({ link: own }))).toBe("mail_link_invalid");
    expect(await reset(hers)).toBe("ok");
    expect(await login(ada.password)).toBe("ok");
    expect((await auth.findLinkOwner({ link: own, kind: "reset_password" }))?.id).toBe(principal.user.id);
    expect(await auth.findLinkOwner({ link: hers, kind: "reset_password" })).toBeUndefined();
    expect(await auth.findLinkOwner({ link: "no link", kind: "reset_password" })).toBeUndefined();
  });

  it("a new password that will not do leaves the link good", async () => {
    const { askForReset, reset } = await start();
    const link = await askForReset();
    expect(await reset(link, "short")).toBe("password_unacceptable");
    expect(await reset(link, `${ada.username}${ada.username}1815`)).toBe("password_unacceptable");
    expect(await reset(link)).toBe("ok");
  });

  it("asks for nothing but the address to be written down: known and unknown cost the same (P14)", async () => {
    const calls: string[] = [];
    const { auth, store } = createTestAuth();
    await registerAda(auth);
    const watched = new Proxy(store, {
      get: (target, name: keyof typeof store) => {
        calls.push(name);
        return target[name];
      },
    });
    const { auth: watchedAuth } = createTestAuth({ store: watched });
    const ask = async (email: string) => {
      calls.length = 0;
      const output = await watchedAuth.requestPasswordReset({ email, client });
      return [output, [...calls]];
    };
    expect(await ask(ada.email)).toEqual([undefined, ["enqueueEmail"]]);
    expect(await ask("nobody@example.com")).toEqual([undefined, ["enqueueEmail"]]);
  });

  it("sends nobody an email who has no account, or whose account is disabled", async () => {
    const { auth, mail, first, events } = await start();
    await mail.deliver();
    await auth.requestPasswordReset({ email: "nobody@example.com" });
    await auth.admin.disable({ actor: null, userId: first.user.id });
    await auth.requestPasswordReset({ email: ada.email });
    expect(await mail.deliver()).toEqual([]);
    expect(events.filter(({ type }) => type === "mail_settled").slice(-2)).toEqual([
      { type: "mail_settled", kind: "reset_password", outcome: "nobody" },
      { type: "mail_settled", kind: "reset_password", outcome: "nobody" },
    ]);
  });

  it("sends an address so many emails in an hour and no more, with the same answer (P14)", async () => {
    const { auth, mail, clock } = await start();
    await mail.deliver();
    const ask = () => reasonOf(auth.requestPasswordReset({ email: " ADA@example.com " }));
    for (let asked = 0; asked < 9; asked += 1) expect(await ask()).toBe("ok");
    // One of the five was the mail after the registration.
    expect(await mail.deliver()).toHaveLength(auth.settings.mailsPerAddressPerHour - 1);
    clock.advance(3_600_000);
    expect(await ask()).toBe("ok");
    expect(await mail.deliver()).toHaveLength(1);
  });

  it("sends to the account's own address, not to one that only folds to it", async () => {
    const { auth, mail } = await start();
    await mail.deliver();
    await auth.requestPasswordReset({ email: "ａｄａ@EXAMPLE.com" });
    expect(await mail.deliver()).toMatchObject([{ to: ada.email }]);
    expect(await reasonOf(auth.requestPasswordReset({ email: "ada@example.com, eve@example.com" }))).toBe(
      "validation_failed",
    );
  });
});

describe("an address", () => {
  it("is verified by the link that follows the registration, once", async () => {
    const { auth, mail, now, auditEvents } = await start();
    const link = await mail.linkOf("verify_email");
    expect((await now()).emailVerifiedAt).toBeNull();
    expect(await auth.verifyEmail({ link })).toEqual({ email: ada.email, changed: false });
    expect((await now()).emailVerifiedAt).not.toBeNull();
    expect(await reasonOf(auth.verifyEmail({ link }))).toBe("mail_link_invalid");
    expect(await auditEvents()).toContain("user_updated email_verified");
  });

  it("is sent another link on request, until it is verified, and not without end (P14)", async () => {
    const { auth, mail, principal, now } = await start();
    const first = await mail.linkOf("verify_email");
    const ask = () => reasonOf(auth.requestEmailVerification({ principal }));
    expect(await ask()).toBe("ok");
    const second = await mail.linkOf("verify_email");
    expect(await reasonOf(auth.verifyEmail({ link: first }))).toBe("mail_link_invalid");
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual(["ok", "ok", "ok", "rate_limited"]);
    expect(await reasonOf(auth.verifyEmail({ link: second }))).toBe("ok");
    const verified = { ...principal, user: await now() };
    await mail.deliver();
    expect(await reasonOf(auth.requestEmailVerification({ principal: verified }))).toBe("ok");
    expect(await mail.deliver()).toEqual([]);
  });

  it("is changed when the link at the new one is used; the old one is told before and after", async () => {
    const { auth, mail, principal, now, auditEvents, login } = await start();
    await mail.deliver();
    await auth.changeEmail({ principal, email: "ada.king@example.org", client });
    const sent = (await mail.deliver()).sort(byKind);
    expect(sent.map(({ kind, to }) => [kind, to])).toEqual([
      ["change_email", "ada.king@example.org"],
      ["email_change_asked", ada.email],
    ]);
    expect(sent[1]).toMatchObject({ link: null, client });
    expect((await now()).email).toBe(ada.email);
    expect(await auth.verifyEmail({ link: sent[0]?.link ?? "" })).toEqual({
      email: "ada.king@example.org",
      changed: true,
    });
    expect(await now()).toMatchObject({ email: "ada.king@example.org", claimsVersion: 2 });
    expect(await mail.deliver()).toMatchObject([{ kind: "email_changed", to: ada.email }]);
    expect(await login(ada.password)).toBe("ok");
    expect(await auditEvents()).toContain("user_updated email");
  });

  it("that somebody else has is not taken, and its owner hears of it; the answer is the same (P14)", async () => {
    const { auth, mail, principal, now } = await start();
    await auth.register({ ...grace, ...fromTerminal });
    await mail.deliver();
    expect(await reasonOf(auth.changeEmail({ principal, email: grace.email }))).toBe("ok");
    const sent = (await mail.deliver()).sort(byKind);
    expect(sent.map(({ kind, to, link }) => [kind, to, link])).toEqual([
      ["email_change_asked", ada.email, null],
      ["email_in_use", grace.email, null],
    ]);
    expect((await now()).email).toBe(ada.email);
  });

  it.each([ada.email, "ADA@Example.com", "nonsense", "a@b.c\r\nBcc: eve@example.com"])(
    "%j is rejected at once",
    async (email) => {
      const { auth, principal } = await start();
      await expect(auth.changeEmail({ principal, email })).rejects.toMatchObject({
        reason: "validation_failed",
        fields: { email: [expect.any(String)] },
      });
    },
  );
});
