import { describe, expect, it } from "vitest";
import { testStart } from "../../testing/fake-clock.ts";
import { ada, createTestAuth, fromTerminal, loginAda, reasonOf, registerAda } from "../../testing/test-auth.ts";
import { createTestMail } from "../../testing/test-mailer.ts";
import type { Auth } from "../auth.ts";
import { linkEnds } from "./link-token.ts";

const day = 86_400_000;
const newPassword = "a wholly different sentence";
const grace = { username: "grace", name: "Grace Hopper", password: "a long enough one", ...fromTerminal };

type Links = Record<"verify_email" | "reset_password" | "change_email" | "register", string>;

/** A link of each kind, drawn while the clock shows what it shows now. */
async function drawLinks(test: ReturnType<typeof createTestAuth>): Promise<Links> {
  const { auth } = test;
  const principal = await registerAda(auth);
  const mail = createTestMail(auth);
  await auth.requestPasswordReset({ email: ada.email });
  await auth.changeEmail({ principal, email: "ada.king@example.org" });
  await auth.requestRegistration({ email: "grace@example.com" });
  return {
    verify_email: await mail.linkOf("verify_email"),
    reset_password: await mail.linkOf("reset_password"),
    change_email: await mail.linkOf("change_email"),
    register: await mail.linkOf("register"),
  };
}

const lookAt = async (auth: Auth, links: Links) => [
  await auth.findLinkOwner({ link: links.verify_email, kind: "verify_email" }),
  await auth.findLinkOwner({ link: links.reset_password, kind: "reset_password" }),
  await auth.findLinkOwner({ link: links.change_email, kind: "change_email" }),
  await auth.findRegistrationLinkEmail(links.register),
];

const use = async (auth: Auth, links: Links) => [
  await reasonOf(auth.verifyEmail({ link: links.verify_email })),
  await reasonOf(auth.verifyEmail({ link: links.change_email })),
  await reasonOf(auth.resetPassword({ link: links.reset_password, newPassword })),
  await reasonOf(auth.completeRegistration({ link: links.register, ...grace })),
];

const nothing = [undefined, undefined, undefined, undefined];
const rejected = Array(4).fill("mail_link_invalid");

describe("a link that was drawn by a clock that was a day ahead", () => {
  it("is refused once the clock is put right, and looked at by nobody; a new one is good (T07)", async () => {
    const test = createTestAuth({ registration: "at_once" });
    test.clock.advance(day);
    const links = await drawLinks(test);
    test.clock.advance(-day);
    expect(await lookAt(test.auth, links)).toEqual(nothing);
    expect(await use(test.auth, links)).toEqual(rejected);
    await test.auth.requestPasswordReset({ email: ada.email });
    const link = await createTestMail(test.auth).linkOf("reset_password");
    expect(await reasonOf(test.auth.resetPassword({ link, newPassword }))).toBe("ok");
  });

  it("is gone when its day comes, as soon as mail was sent by the clock that is right (T07)", async () => {
    const test = createTestAuth();
    test.clock.advance(day);
    const links = await drawLinks(test);
    test.clock.advance(-day);
    await createTestMail(test.auth).deliver();
    test.clock.advance(day);
    expect(await lookAt(test.auth, links)).toEqual(nothing);
    expect(await use(test.auth, links)).toEqual(rejected);
  });

  it("is good where servers differ by a minute, and by no more (T03)", async () => {
    for (const [aheadMs, isGood] of [
      [60_000, true],
      [60_001, false],
    ] as const) {
      const test = createTestAuth();
      test.clock.advance(aheadMs);
      const links = await drawLinks(test);
      test.clock.advance(-aheadMs);
      await createTestMail(test.auth).deliver();
      expect((await lookAt(test.auth, links)).map((found) => found !== undefined)).toEqual(Array(4).fill(isGood));
    }
  });

  it("waits while a clock is behind, and is good again when that is put right (T02)", async () => {
    const test = createTestAuth();
    const links = await drawLinks(test);
    test.clock.advance(-day);
    expect(await lookAt(test.auth, links)).toEqual(nothing);
    test.clock.advance(day);
    expect(await lookAt(test.auth, links)).not.toContain(undefined);
  });
});

describe("a link that was drawn before sessionsNotBefore", () => {
  it("is refused, of every kind; one that is drawn since is good (D07)", async () => {
    const before = createTestAuth();
    const links = await drawLinks(before);
    before.clock.advance(1);
    const { store, clock } = before;
    const { auth } = createTestAuth({ store, clock, seed: 2, sessionsNotBefore: clock.now() });
    expect(await lookAt(auth, links)).toEqual(nothing);
    expect(await use(auth, links)).toEqual(rejected);
    expect(await reasonOf(loginAda(auth))).toBe("ok");
    await auth.requestPasswordReset({ email: ada.email });
    const link = await createTestMail(auth).linkOf("reset_password");
    expect(await reasonOf(auth.resetPassword({ link, newPassword }))).toBe("ok");
  });

  it("is good when it was drawn at that very instant (T06)", async () => {
    const test = createTestAuth({ sessionsNotBefore: testStart });
    expect(await lookAt(test.auth, await drawLinks(test))).not.toContain(undefined);
  });
});

it("linkEnds() lets a link have its life before it and a minute, and nothing of before sessionsNotBefore", () => {
  const settings = { resetLinkSeconds: 100, verifyLinkSeconds: 200, changeLinkSeconds: 300, sessionsNotBefore: 0 };
  const now = testStart;
  expect(linkEnds("reset_password", settings, now)).toEqual({ endsAfter: now, endsBy: now + 160_000 });
  expect(linkEnds("verify_email", settings, now).endsBy).toBe(now + 260_000);
  expect(linkEnds("register", settings, now).endsBy).toBe(now + 260_000);
  expect(linkEnds("change_email", settings, now).endsBy).toBe(now + 360_000);
  const since = { ...settings, sessionsNotBefore: now - 1_000 };
  expect(linkEnds("change_email", since, now).endsAfter).toBe(now + 298_999);
});
