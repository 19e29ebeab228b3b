import { describe, expect, it } from "vitest";
import {
  ada,
  completed,
  createTestAuth,
  fromBrowser,
  loginAda,
  reasonOf,
  registerAda,
} from "../../testing/test-auth.ts";
import { createTestMail } from "../../testing/test-mailer.ts";
import type { EmailMessage } from "../ports/mailer.ts";
import { toOutboxEmail } from "./outbox.ts";

const theirs = "mallory@example.org";
const minute = 60_000;

/** An account with two sessions, one of them a thief's, and a mail server that puts off what it is told to. */
async function start(options: Parameters<typeof createTestAuth>[0] = {}) {
  const test = createTestAuth(options);
  const owner = await registerAda(test.auth);
  const thief = await loginAda(test.auth, fromBrowser);
  let putsOff = (_message: EmailMessage) => false;
  const mail = createTestMail(test.auth, async (message) => {
    if (putsOff(message)) throw Object.assign(new Error("Try again"), { responseCode: 451 });
    return "sent";
  });
  await mail.deliver();
  /** Orders the change, puts its mail off once, does something, and lets the retry come. */
  const afterPutOff = async (act: () => Promise<unknown>) => {
    putsOff = ({ kind }) => kind === "change_email";
    await test.auth.changeEmail({ principal: thief, email: theirs });
    await mail.deliver();
    putsOff = () => false;
    await act();
    test.clock.advance(minute);
    return mail.deliver();
  };
  const afterSent = async (act: () => Promise<unknown>) => {
    await test.auth.changeEmail({ principal: thief, email: theirs });
    const link = await mail.linkOf("change_email");
    await act();
    return reasonOf(test.auth.verifyEmail({ link }));
  };
  const putOff = (kind: EmailMessage["kind"] | undefined) => {
    putsOff = (message) => message.kind === kind;
  };
  return { ...test, owner, thief, mail, afterPutOff, afterSent, putOff };
}

type Started = Awaited<ReturnType<typeof start>>;

/** What has to stop a change that was ordered in the thief's session. */
const stops: Array<[string, (test: Started) => Promise<unknown>]> = [
  [
    "a reset of the password",
    async ({ auth, mail }) => {
      await auth.requestPasswordReset({ email: ada.email });
      await auth.resetPassword({ link: await mail.linkOf("reset_password"), newPassword: "a wholly new sentence" });
    },
  ],
  [
    "a change of the password elsewhere",
    ({ auth, owner }) =>
      auth.changePassword({ principal: owner, currentPassword: ada.password, newPassword: "a wholly new sentence" }),
  ],
  [
    "a change of the password in the same session",
    ({ auth, thief }) =>
      auth.changePassword({ principal: thief, currentPassword: ada.password, newPassword: "a wholly new sentence" }),
  ],
  ["the end of its session from another", ({ auth, owner, thief }) => auth.endSession(owner, thief.session.id)],
  ["the end of all others", ({ auth, owner }) => auth.endOtherSessions(owner)],
  [
    "a logout everywhere from another session",
    ({ auth, owner }) => auth.logoutEverywhere(owner.user.id, owner.session.id),
  ],
  ["a logout everywhere from nowhere in particular", ({ auth, owner }) => auth.logoutEverywhere(owner.user.id)],
  [
    "an administrator who ends its session",
    ({ auth, owner, thief }) =>
      auth.admin.endSession({ actor: "a", userId: owner.user.id, sessionId: thief.session.id }),
  ],
  [
    "an administrator who ends all of them",
    ({ auth, owner }) => auth.admin.endSessions({ actor: "a", userId: owner.user.id }),
  ],
  [
    "an administrator who disables the account, and enables it again",
    async ({ auth, owner }) => {
      await auth.admin.disable({ actor: null, userId: owner.user.id });
      await auth.admin.enable({ actor: null, userId: owner.user.id });
    },
  ],
  ["the deletion of the account", ({ auth, owner }) => auth.deleteAccount({ principal: owner })],
  [
    "a refresh token of its session that was used twice",
    async ({ auth, thief, clock }) => {
      const refresh = (refreshToken: string) => auth.refresh({ refreshToken, delivery: "cookie" });
      const second = await refresh(thief.refreshToken);
      await refresh(second.refreshToken);
      clock.advance(minute);
      expect(await reasonOf(refresh(thief.refreshToken))).toBe("refresh_token_reused");
    },
  ],
  [
    "logins that push its session out",
    async ({ auth, clock }) => {
      for (let login = 0; login < auth.settings.sessionsPerUser; login += 1) {
        clock.advance(1);
        await loginAda(auth);
      }
    },
  ],
];

describe("a change of the address that was ordered and not yet sent is stopped by", () => {
  it.each(stops)("%s, whatever the email server let wait (P13)", async (_, act) => {
    const test = await start({ sessionsPerUser: 3 });
    const sent = await test.afterPutOff(() => act(test));
    expect(sent.filter(({ kind }) => kind === "change_email")).toEqual([]);
    test.clock.advance(300 * minute);
    expect((await test.mail.deliver()).filter(({ link }) => link !== null)).toEqual([]);
  });
});

describe("a link to change the address that was sent is stopped by", () => {
  it.each(stops)("%s (P13)", async (_, act) => {
    const test = await start({ sessionsPerUser: 3 });
    expect(await test.afterSent(() => act(test))).toBe("mail_link_invalid");
    expect((await test.store.findCredentialsById(test.owner.user.id))?.user.email ?? ada.email).toBe(ada.email);
  });
});

describe("a change of the address goes on after", () => {
  const harmless: Array<[string, (test: Started) => Promise<unknown>]> = [
    [
      "its session logged out",
      ({ auth, thief }) => auth.logout({ refreshToken: thief.refreshToken, accessToken: undefined }),
    ],
    ["its session logged out everywhere", ({ auth, thief }) => auth.logoutEverywhere(thief.user.id, thief.session.id)],
    ["another session was ended", ({ auth, owner, thief }) => auth.endSession(thief, owner.session.id)],
    ["a change of the name", ({ auth, owner }) => auth.changeName({ principal: owner, name: "Ada King" })],
    ["nothing", async () => undefined],
  ];
  it.each(harmless)("%s: the email that waited brings a link, and one that was sent is good (P13)", async (_, act) => {
    const waited = await start();
    expect((await waited.afterPutOff(() => act(waited))).map(({ to }) => to)).toContain(theirs);
    const sent = await start();
    expect(await sent.afterSent(() => act(sent))).toBe("ok");
  });

  it("its session expired (P13)", async () => {
    const test = await start({ refreshIdleSeconds: 60 });
    expect((await test.afterPutOff(async () => undefined)).map(({ kind }) => kind)).toEqual(["change_email"]);
  });
});

it("an order is ended also while its email is on its way, and its next attempt does not bring it back (P13)", async () => {
  const { auth, mail, owner, thief, clock } = await start();
  await auth.changeEmail({ principal: thief, email: theirs });
  const links: string[] = [];
  const slow = createTestMail(auth, async ({ kind, link }) => {
    if (kind !== "change_email") return "sent";
    links.push(link ?? "");
    await auth.endSession(owner, thief.session.id);
    throw new Error("The connection was cut off after the mail was taken");
  });
  await slow.deliver();
  clock.advance(300 * minute);
  expect(await mail.deliver()).toEqual([]);
  expect(await reasonOf(auth.verifyEmail({ link: links[0] ?? "" }))).toBe("mail_link_invalid");
});

it("an order is not taken from a session that was ended, or of a password that was changed, a moment ago (P13)", async () => {
  const { auth, mail, owner, thief } = await start();
  await auth.endSession(owner, thief.session.id);
  expect(await reasonOf(auth.changeEmail({ principal: thief, email: theirs }))).toBe("session_revoked");
  await auth.changePassword({ principal: owner, currentPassword: ada.password, newPassword: "a wholly new sentence" });
  await mail.deliver();
  expect(await reasonOf(auth.changeEmail({ principal: owner, email: theirs }))).not.toBe("ok");
  expect(await reasonOf(auth.requestEmailVerification({ principal: owner }))).not.toBe("ok");
  expect(await mail.deliver()).toEqual([]);
});

it("an older order without a binding changes no address, is settled as void, and verifies the present one (P13)", async () => {
  const { auth, store, clock, mail, owner, events } = await start();
  const randomBytes = (length: number) => new Uint8Array(length).fill(events.length);
  const request = { userId: owner.user.id, address: theirs };
  await store.enqueueEmail(toOutboxEmail({ kind: "change_email", ...request }, { clock, randomBytes }));
  expect(await mail.deliver()).toEqual([]);
  expect(events.at(-1)).toEqual({ type: "mail_settled", kind: "change_email", outcome: "void" });
  await store.enqueueEmail(toOutboxEmail({ kind: "verify_email", userId: owner.user.id }, { clock, randomBytes }));
  expect(await reasonOf(auth.verifyEmail({ link: await mail.linkOf("verify_email") }))).toBe("ok");
});

describe("a notice that was put off", () => {
  const change = (test: Started, currentPassword: string, newPassword: string) =>
    test.auth.changePassword({ principal: test.thief, currentPassword, newPassword });

  it("goes to the address that the account had when it was ordered, whoever has the account by then", async () => {
    const test = await start();
    test.putOff("password_changed");
    await change(test, ada.password, "the thief's own sentence");
    await test.mail.deliver();
    await test.auth.changeEmail({
      principal: await completed(
        test.auth.login({ ...fromBrowser, identifier: "ada", password: "the thief's own sentence" }),
      ),
      email: theirs,
    });
    await test.auth.verifyEmail({ link: await test.mail.linkOf("change_email") });
    test.putOff(undefined);
    test.clock.advance(minute);
    const sent = (await test.mail.deliver()).filter(({ kind }) => kind === "password_changed");
    expect(sent).toMatchObject([{ to: ada.email, user: null }]);
  });

  it("is suppressed by no second change of the password, and by no end of the account", async () => {
    const test = await start();
    test.putOff("password_changed");
    await change(test, ada.password, "the thief's own sentence");
    await test.mail.deliver();
    const again = { ...test.thief, user: { ...test.thief.user, credentialVersion: 2 } };
    const from = { currentPassword: "the thief's own sentence", newPassword: "one more of those sentences" };
    await test.auth.changePassword({ principal: again, ...from });
    await test.auth.deleteAccount({ principal: test.thief });
    test.putOff(undefined);
    test.clock.advance(minute);
    const kinds = (await test.mail.deliver()).map(({ kind, to }) => `${kind} ${to}`);
    expect(kinds.toSorted()).toEqual([
      `account_deleted ${ada.email}`,
      `password_changed ${ada.email}`,
      `password_changed ${ada.email}`,
    ]);
  });

  it("and was ordered by an older version goes to the present address", async () => {
    const { store, clock, mail, owner } = await start();
    const randomBytes = (length: number) => new Uint8Array(length).fill(1);
    await store.enqueueEmail(
      toOutboxEmail({ kind: "password_changed", userId: owner.user.id }, { clock, randomBytes }),
    );
    expect(await mail.deliver()).toMatchObject([{ kind: "password_changed", to: ada.email }]);
  });
});
