import { expect, it } from "vitest";
import { ada, createTestAuth, fromTerminal, reasonOf, registerAda } from "../../testing/test-auth.ts";
import { createTestMail } from "../../testing/test-mailer.ts";

const client = { userAgent: "curl/8.5.0", ipAddress: "203.0.113.9" };

it("200 wrong passwords and as many asked-for links push no password reset out of its owner's history and export", async () => {
  const { auth } = createTestAuth({ mailsPerAddressPerHour: 1_000 });
  const { user, session } = await registerAda(auth);
  const mail = createTestMail(auth);
  await auth.requestPasswordReset({ email: ada.email, client });
  await auth.resetPassword({ link: await mail.linkOf("reset_password"), newPassword: "a wholly different sentence" });
  const guess = () => auth.login({ identifier: "ada", password: "not the password", ...fromTerminal });
  for (let time = 0; time < 201; time += 1) expect(await reasonOf(guess())).toBe("invalid_credentials");
  for (let time = 0; time < 201; time += 1) {
    await auth.requestPasswordReset({ email: ada.email, client });
    await mail.deliver();
  }
  const exported = await auth.exportData({ principal: { user, session } });
  expect(exported.auditLog).toContainEqual(
    expect.objectContaining({ event: "authn_password_change", detail: "reset", userId: user.id }),
  );
  const failures = exported.auditLog.filter(({ event }) => event === "authn_login_fail");
  expect(failures).toHaveLength(200);
});
