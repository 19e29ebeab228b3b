import type { EmailLink } from "@watchword/auth/core";
import {
  aLinkUse,
  aNewUser,
  aSession,
  createTestAuth,
  createTestMail,
  registerAda,
  someBytes,
  testStart,
} from "@watchword/auth/testing";
import { describe, expect, it } from "vitest";
import { useTestFolder } from "../../../../test/test-database.ts";
import { createSqliteAuthStore } from "../auth-store.ts";

const folder = useTestFolder();

it("a link is dead after its account's address was changed by hand, too (P13)", async () => {
  const connection = folder.open();
  const store = createSqliteAuthStore(connection);
  const user = aNewUser();
  await store.createAccount({ user, session: aSession({ userId: user.id }) });
  const use = aLinkUse(someBytes(32), testStart);
  const { id: userId, emailKey, credentialVersion } = user;
  const end = { newEmail: null, newEmailKey: null, sessionId: null, expiresAt: testStart + 1_000 };
  await store.putEmailLink({
    userId,
    kind: "verify_email",
    secretHash: use.secretHash,
    emailKey,
    credentialVersion,
    ...end,
  });
  connection.client.prepare("UPDATE users SET email = 'b@example.com', email_key = 'b@example.com'").run();
  expect(await store.findEmailLink({ kind: "verify_email", ...use })).toBeUndefined();
  expect(await store.consumeVerifyLink(use)).toBeUndefined();
});

describe("two connections at once", () => {
  /** Two processes' stores on one file, and an account whose session has ordered a change of the address, in hand to be sent. */
  async function prepared() {
    const [one, other] = [createSqliteAuthStore(folder.open()), createSqliteAuthStore(folder.open())];
    const user = aNewUser();
    const session = aSession({ userId: user.id });
    await one.createAccount({ user, session });
    const bound = { boundEmailKey: user.emailKey, boundCredentialVersion: 1, boundSessionId: session.id };
    const order = {
      ...bound,
      id: aNewUser().id,
      kind: "change_email",
      userId: user.id,
      address: "b@example.com",
      addressKey: "key",
      orderedAt: testStart,
      userAgent: null,
      ipAddress: null,
    } as const;
    const link: EmailLink = {
      userId: user.id,
      kind: "change_email",
      secretHash: someBytes(32),
      emailKey: user.emailKey,
      credentialVersion: 1,
      newEmail: "b@example.com",
      newEmailKey: "b@example.com",
      sessionId: session.id,
      expiresAt: testStart + 1_000,
    };
    return { one, other, user, session, order, link, use: aLinkUse(link.secretHash, testStart) };
  }
  type Prepared = Awaited<ReturnType<typeof prepared>>;

  const ends: Array<[string, (test: Prepared) => Promise<unknown>]> = [
    [
      "revokes its session",
      ({ other, session }) => other.revokeSession({ sessionId: session.id, reason: "ended_by_user", now: testStart }),
    ],
    [
      "revokes all sessions, as a logout",
      ({ other, user }) => other.revokeSessionsOf({ userId: user.id, reason: "logout", now: testStart }),
    ],
    [
      "changes the password",
      ({ other, user, session }) =>
        other.changePassword({
          userId: user.id,
          from: user.passwordHash,
          to: "another",
          keepSessionId: session.id,
          stepUpHash: someBytes(32),
          methods: [],
          now: testStart,
        }),
    ],
    ["disables the account", ({ other, user }) => other.disableUser({ userId: user.id, now: testStart })],
    ["deletes the account", ({ other, user }) => other.deleteUser({ userId: user.id })],
  ];

  it.each(ends)("one has the order in hand while the other %s: no link works afterwards (P13)", async (_, end) => {
    for (const isEndFirst of [true, false]) {
      const test = await prepared();
      const { one, other, order, link, use, user } = test;
      expect(await one.enqueueEmail(order)).toBe("ordered");
      const mail = await one.claimEmail({ now: testStart, leaseUntil: testStart + 9 });
      expect(mail).toMatchObject({ id: order.id });
      const put = () => one.putEmailLink(link, { id: order.id, attempts: 1 });
      const calls = isEndFirst ? [end(test), put()] : [put(), end(test)];
      await Promise.all(calls);
      for (const store of [one, other]) {
        expect(await store.consumeChangeLink(use)).toBeUndefined();
        expect(await store.claimEmail({ now: testStart + 99, leaseUntil: testStart + 100 })).toBeUndefined();
      }
      expect((await one.findCredentialsById(user.id))?.user.email ?? user.email).toBe(user.email);
      expect(await one.enqueueEmail({ ...order, id: aNewUser().id })).toBe("void");
    }
  });
});

it("a settled mail keeps neither the address nor the place, and a deleted account's count outlives it (P14)", async () => {
  const connection = folder.open();
  const { auth } = createTestAuth({ store: createSqliteAuthStore(connection) });
  const principal = await registerAda(auth);
  await auth.changeEmail({ principal, email: "ada@example.org" });
  await auth.deleteAccount({ principal });
  await createTestMail(auth).deliver();
  const rows = connection.client.prepare("SELECT * FROM outbox").all();
  expect(rows).toHaveLength(4);
  expect(JSON.stringify(rows)).not.toMatch(/example|192\.0\.2\.7|curl/);
  for (const row of rows) expect(row).toMatchObject({ address: null, user_id: null, due_at: null });
});
