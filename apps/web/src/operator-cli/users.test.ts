import { createTestAuth, createTestMail, registerAda } from "@watchword/auth/testing";
import { expect, it } from "vitest";
import { runUsersCommand } from "./users.ts";

const grace = ["grace", "grace@example.com", "Grace", "Hopper"];

it("invites a user: an account without a password, and a mail with a link to choose one", async () => {
  const { auth } = createTestAuth();
  expect(await runUsersCommand(auth, ["invite", ...grace])).toEqual({
    ok: true,
    text: "grace has an account, and an invitation is sent to its address",
  });
  const link = await createTestMail(auth).linkOf("invitation");
  expect((await auth.findLinkOwner({ link, kind: "invitation" }))?.name).toBe("Grace Hopper");
});

it("sends the invitation again, by username or email, until a password is chosen", async () => {
  const { auth } = createTestAuth();
  const mail = createTestMail(auth);
  await runUsersCommand(auth, ["invite", ...grace]);
  for (const name of ["GRACE", "grace@example.com"]) {
    const outcome = await runUsersCommand(auth, ["invite", name]);
    expect(outcome).toEqual({ ok: true, text: "The invitation of grace is sent again" });
  }
  const link = await mail.linkOf("invitation");
  await auth.resetPassword({ link, newPassword: "a wholly different sentence" });
  expect(await runUsersCommand(auth, ["invite", "grace"])).toEqual({
    ok: false,
    text: "This user has chosen a password already",
  });
});

it("says so where the account is made and its address has had the most mails of an hour", async () => {
  const { auth } = createTestAuth();
  for (let time = 0; time < 5; time += 1) await auth.requestRegistration({ email: "grace@example.com" });
  const outcome = await runUsersCommand(auth, ["invite", ...grace]);
  expect(outcome).toMatchObject({ ok: false, text: expect.stringContaining("could not be sent now") });
  expect(await auth.admin.findNamed("grace")).toBeDefined();
});

it("refuses a disabled account, which an administrator has to enable first", async () => {
  const { auth } = createTestAuth();
  await runUsersCommand(auth, ["invite", ...grace]);
  const user = await auth.admin.findNamed("grace");
  await auth.admin.disable({ actor: null, userId: user?.id ?? "" });
  const outcome = await runUsersCommand(auth, ["invite", "grace"]);
  expect(outcome).toMatchObject({ ok: false, text: expect.stringContaining("disabled") });
});

it.each([
  [["invite", "ada", "ada@example.com", "Ada"], /^That username is taken\n.*email address$/],
  [["invite", "a b", "no address", "Grace"], /\n/],
  [["invite", "nobody"], /^No user has that username or email$/],
  [["invite", "grace", "grace@example.com"], /^npm run users --/],
  [["invite"], /^npm run users --/],
  [["remove", "ada"], /^npm run users --/],
  [[], /^npm run users --/],
])("refuses %j, and says what is wrong", async (args, text) => {
  const { auth } = createTestAuth();
  await registerAda(auth);
  expect(await runUsersCommand(auth, args)).toMatchObject({ ok: false, text: expect.stringMatching(text) });
});
