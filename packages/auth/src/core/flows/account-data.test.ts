import { expect, it } from "vitest";
import { ada, createTestAuth, fromTerminal, loginAda, reasonOf, registerAda } from "../../testing/test-auth.ts";
import { createTestMail } from "../../testing/test-mailer.ts";

async function start() {
  const forgotten: string[] = [];
  const appData = {
    describe: async (userId: string) => ({ files: [`a file of ${userId}`] }),
    forget: async (userId: string) => async () => void forgotten.push(userId),
  };
  const test = createTestAuth({ appData });
  const first = await registerAda(test.auth);
  return { ...test, first, forgotten, principal: { user: first.user, session: first.session } };
}

it("exportData() gives all that is kept of a user, what the app keeps too, and writes that down", async () => {
  const { auth, principal } = await start();
  for (let index = 0; index < 60; index += 1)
    await reasonOf(auth.login({ identifier: "ada", password: "x", ...fromTerminal }));
  await loginAda(auth);
  const data = await auth.exportData({ principal });
  expect(data.user).toEqual(principal.user);
  expect(data.sessions).toHaveLength(2);
  expect(data.auditLog).toHaveLength(64);
  expect(data.app).toEqual({ files: [`a file of ${principal.user.id}`] });
  expect(JSON.stringify(data)).not.toContain(ada.password);
  const [newest] = (await auth.listAuditEntries(principal.user.id)).entries;
  expect(newest).toMatchObject({ event: "sensitive_read", detail: "export" });
});

it("deleteAccount() ends every session, forgets the person and what the app kept, and says so by email", async () => {
  const { auth, first, forgotten, principal } = await start();
  const mail = createTestMail(auth);
  const second = await loginAda(auth);
  await mail.deliver();
  await auth.deleteAccount({ principal });
  for (const { accessToken } of [first, second]) {
    expect(await reasonOf(auth.verify(accessToken))).toBe("session_revoked");
  }
  const again = auth.refresh({ refreshToken: second.refreshToken, delivery: "body" });
  expect(await reasonOf(again)).toBe("refresh_token_invalid");
  expect(await reasonOf(loginAda(auth))).toBe("invalid_credentials");
  expect(forgotten).toEqual([principal.user.id]);
  expect(await mail.deliver()).toMatchObject([{ kind: "account_deleted", to: ada.email, user: null }]);
  const { entries } = await auth.listAuditEntries(principal.user.id);
  expect(entries).toMatchObject([{ event: "user_deleted", ipAddress: null, userAgent: null }]);
  // The name and the address are free again.
  expect((await registerAda(auth)).user.id).not.toBe(principal.user.id);
});

it("deleteAccount() leaves the last administrator, with everything they have", async () => {
  const { auth, first, forgotten, principal } = await start();
  await auth.admin.setRole({ actor: null, userId: first.user.id, role: "admin" });
  expect(await reasonOf(auth.deleteAccount({ principal }))).toBe("last_admin");
  expect(forgotten).toEqual([]);
  expect(await reasonOf(loginAda(auth))).toBe("ok");
});

it("deleteAccount() holds also when the app cannot clear away, and that is told", async () => {
  const forget = async () => async () => {
    throw new Error("EROFS");
  };
  const { auth, events } = createTestAuth({ appData: { describe: async () => ({}), forget } });
  const { user, session } = await registerAda(auth);
  await auth.deleteAccount({ principal: { user, session } });
  expect(events.at(-1)).toEqual({ type: "app_data_left", userId: user.id });
  expect(await reasonOf(loginAda(auth))).toBe("invalid_credentials");
});

it("a notice that cannot be ordered takes back nothing, and is told", async () => {
  const { auth, principal, store, events } = await start();
  store.enqueueEmail = () => {
    throw new Error("no such table");
  };
  await auth.deleteAccount({ principal });
  expect(events.at(-1)).toEqual({ type: "mail_order_lost", kind: "account_deleted" });
});
