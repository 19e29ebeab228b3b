import { describe, expect, it } from "vitest";
import {
  ada,
  completed,
  createTestAuth,
  fromTerminal,
  loginAda,
  reasonOf,
  registerAda,
  type TestAuth,
} from "../../testing/test-auth.ts";
import { createTestMail, type TestMail } from "../../testing/test-mailer.ts";
import type { IssuedTokens } from "../domain/model.ts";

const hour = 3_600_000;
const settings = createTestAuth().auth.settings;

/** What an account holder may do in between, to be sent more mails than an address gets in an hour. */
const between: Array<[string, (test: TestAuth, tokens: IssuedTokens, mail: TestMail) => Promise<unknown>]> = [
  ["deletes the account", ({ auth }, tokens) => auth.deleteAccount({ principal: tokens })],
  [
    "has as many mails sent as there may be, and deletes the account",
    async ({ auth }, tokens, mail) => {
      for (let asked = 0; asked < 6; asked += 1) await reasonOf(auth.requestEmailVerification({ principal: tokens }));
      await mail.deliver();
      await auth.deleteAccount({ principal: tokens });
    },
  ],
  [
    "asks for a new password, and deletes the account",
    async ({ auth }, tokens, mail) => {
      await auth.requestPasswordReset({ email: ada.email });
      await mail.deliver();
      await auth.deleteAccount({ principal: tokens });
    },
  ],
];

describe("an address is sent no more emails in an hour, and as many again in the next, by somebody who", () => {
  it.each(between)("registers, %s and registers again, ten times over (P14)", async (_, act) => {
    const test = createTestAuth();
    const mail = createTestMail(test.auth);
    const round = async () => {
      for (let times = 0; times < 10; times += 1) {
        const tokens = await registerAda(test.auth);
        await mail.deliver();
        await act(test, tokens, mail);
        await mail.deliver();
        test.clock.advance(1_000);
      }
      const sent = mail.sent.splice(0).filter(({ to }) => to === ada.email);
      return sent.length;
    };
    expect(await round()).toBe(settings.mailsPerAddressPerHour);
    test.clock.advance(hour);
    expect(await round()).toBe(settings.mailsPerAddressPerHour);
  });
});

it("the count of an address is not freed by a change of the address and back, nor by disabling the account (P14)", async () => {
  const { auth } = createTestAuth({ mailsPerAddressPerHour: 2 });
  const mail = createTestMail(auth);
  const first = await registerAda(auth);
  expect(await reasonOf(auth.requestEmailVerification({ principal: first }))).toBe("ok");
  await auth.changeEmail({ principal: first, email: "ada@example.org" });
  await auth.verifyEmail({ link: await mail.linkOf("change_email") });
  await auth.admin.disable({ actor: null, userId: first.user.id });
  await auth.admin.enable({ actor: null, userId: first.user.id });
  const again = await loginAda(auth);
  expect(await reasonOf(auth.changeEmail({ principal: again, email: ada.email }))).toBe("rate_limited");
});

it("an address that nobody has confirmed is sent so many notices in an hour and no more; a confirmed one all (P14)", async () => {
  const { auth } = createTestAuth();
  const mail = createTestMail(auth);
  const first = await registerAda(auth);
  const link = await mail.linkOf("verify_email");
  let [number, principal] = [0, first];
  const changeTenTimes = async () => {
    for (let times = 0; times < 10; times += 1) {
      const password = number === 0 ? ada.password : `a wholly different sentence ${number}`;
      number += 1;
      const newPassword = `a wholly different sentence ${number}`;
      await auth.changePassword({ principal, currentPassword: password, newPassword });
    }
    principal = await completed(
      auth.login({
        identifier: "ada",
        password: `a wholly different sentence ${number}`,
        ...fromTerminal,
      }),
    );
    return (await mail.deliver()).filter(({ kind }) => kind === "password_changed").length;
  };
  // Although the address was sent all the mails with a link that it gets: those keep no warning from it.
  for (let asked = 0; asked < 9; asked += 1) await auth.requestPasswordReset({ email: ada.email });
  expect(await changeTenTimes()).toBe(settings.mailsPerAddressPerHour);
  expect(await reasonOf(auth.verifyEmail({ link }))).toBe("mail_link_invalid");
  const reset = createTestMail(auth);
  await auth.requestPasswordReset({ email: ada.email });
  expect(await reset.deliver()).toEqual([]);
});

it("a confirmed address is told of each change of its password (P14)", async () => {
  const { auth } = createTestAuth();
  const mail = createTestMail(auth);
  const first = await registerAda(auth);
  await auth.verifyEmail({ link: await mail.linkOf("verify_email") });
  const principal = await auth.verify(first.accessToken);
  let current: string = ada.password;
  for (let times = 0; times < 9; times += 1) {
    const newPassword = `a wholly different sentence ${times}`;
    await auth.changePassword({ principal, currentPassword: current, newPassword });
    current = newPassword;
  }
  expect((await mail.deliver()).filter(({ kind }) => kind === "password_changed")).toHaveLength(9);
});
