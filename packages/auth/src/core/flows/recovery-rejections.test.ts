import { expect, it } from "vitest";
import { createTestSession } from "../../../test/test-session.ts";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { createMemoryRateLimitCounter } from "../../testing/memory-store/rate-limit-counter.ts";
import { ada, createTestAuth, reasonOf, registerAda } from "../../testing/test-auth.ts";
import { createTestMail } from "../../testing/test-mailer.ts";

const client = { userAgent: "curl/8.5.0", ipAddress: "198.51.100.4" };

it("whoever asks for too many emails is told to wait, as nobody in particular", async () => {
  const clock = createFakeClock();
  const rateLimitCounter = createMemoryRateLimitCounter(clock);
  const { auth, events } = createTestAuth({
    clock,
    rateLimitCounter,
    rateLimitRules: { mail: [{ tries: 1, perSeconds: 60 }] },
  });
  const ask = () => reasonOf(auth.requestPasswordReset({ email: ada.email, client }));
  expect([await ask(), await ask()]).toEqual(["ok", "rate_limited"]);
  expect(events.at(-1)).toEqual({ type: "attempts_limited", scope: "mail", userId: null, sessionId: null });
});

it("a text that can be no link is rejected like one that is good no more", async () => {
  const { auth } = createTestAuth();
  for (const link of ["", "x", `${"A".repeat(42)}B`]) {
    expect(await reasonOf(auth.verifyEmail({ link }))).toBe("mail_link_invalid");
    expect(await reasonOf(auth.resetPassword({ link, newPassword: "a wholly different sentence" }))).toBe(
      "mail_link_invalid",
    );
    expect(await auth.findLinkOwner({ link, kind: "reset_password" })).toBeUndefined();
  }
});

it("an address is used without the spaces around it, and the present one is rejected in so many words", async () => {
  const { auth, first } = await createTestSession();
  const mail = createTestMail(auth);
  await auth.changeEmail({ principal: first, email: "  ada.king@example.org " });
  expect(await auth.verifyEmail({ link: await mail.linkOf("change_email") })).toMatchObject({
    email: "ada.king@example.org",
  });
  await expect(auth.changeEmail({ principal: first, email: " ADA@example.com" })).rejects.toMatchObject({
    fields: { email: ["That is your address already"] },
  });
});

it("whoever is logged in is told why no more emails are sent, and to come back in an hour", async () => {
  const { auth } = createTestAuth({ mailsPerAddressPerHour: 1 });
  const first = await registerAda(auth); // and that was the one
  await expect(auth.requestEmailVerification({ principal: first })).rejects.toMatchObject({
    reason: "rate_limited",
    retryAfterSeconds: 3_600,
    message: expect.stringMatching(/^That address was sent as many mails .* come back later$/),
  });
});
