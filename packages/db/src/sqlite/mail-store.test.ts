import { aNewUser, aSession, someBytes, testStart } from "@watchword/auth/testing";
import { expect, it } from "vitest";
import { createSqliteAuthStore } from "./store.ts";
import { useTestFolder } from "./test-database.ts";

const folder = useTestFolder();

it("a link is dead after its account's address was changed by hand, too (P13)", async () => {
  const connection = folder.open();
  const store = createSqliteAuthStore(connection);
  const user = aNewUser();
  await store.createAccount({ user, session: aSession({ userId: user.id }) });
  const use = { secretHash: someBytes(32), now: testStart };
  const { id: userId, emailKey, credentialVersion } = user;
  const end = { newEmail: null, newEmailKey: null, sessionId: null, expiresAt: testStart + 1_000 };
  await store.putMailLink({
    userId,
    kind: "verify_email",
    secretHash: use.secretHash,
    emailKey,
    credentialVersion,
    ...end,
  });
  connection.client.prepare("UPDATE users SET email = 'b@example.com', email_key = 'b@example.com'").run();
  expect(await store.findMailLink({ kind: "verify_email", ...use })).toBeUndefined();
  expect(await store.consumeVerifyLink(use)).toBeUndefined();
});
