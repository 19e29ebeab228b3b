import { aChallenge, aLinkUse, aNewUser, aSession, someBytes, testStart } from "@watchword/auth/testing";
import { expect, it } from "vitest";
import { useTestFolder } from "../../../../test/test-database.ts";
import { createSqliteAuthStore } from "../auth-store.ts";

const folder = useTestFolder();
const now = testStart + 9;
const quota = { atMost: 1, now, idleSince: 0 };

async function prepared() {
  const connection = folder.open();
  const store = createSqliteAuthStore(connection);
  const user = aNewUser();
  const session = aSession({ userId: user.id });
  await store.createAccount({ user, session });
  const use = aLinkUse(someBytes(32), now);
  const { id: userId, emailKey, credentialVersion } = user;
  const link = { newEmail: null, newEmailKey: null, sessionId: null, expiresAt: use.endsBy };
  await store.putEmailLink({
    ...link,
    userId,
    kind: "reset_password",
    secretHash: use.secretHash,
    emailKey,
    credentialVersion,
  });
  const challenge = aChallenge({ userId });
  const key = { id: challenge.id, secretHash: challenge.secretHash, now };
  await store.addChallenge({ challenge, quota: { perUser: 1, perNetwork: 1 }, now });
  const evidence = { challenge: key, uses: [{ id: userId, now, change: { version: 1, data: "used" } }] };
  const rows = () =>
    ["users", "credentials", "sessions", "challenges", "timeline", "changes", "mail_links"].map((table) =>
      connection.client.prepare(`SELECT * FROM ${table}`).all(),
    );
  return { connection, store, user, session, use, evidence, rows };
}

type Prepared = Awaited<ReturnType<typeof prepared>>;

const operations: Array<[string, (test: Prepared) => Promise<unknown>]> = [
  ["createAccount", ({ store }) => createAnother(store)],
  ["createSession", ({ store, user }) => store.createSession(aSession({ userId: user.id }), quota)],
  [
    "createSession with evidence",
    ({ store, user, evidence }) => store.createSession(aSession({ userId: user.id }), quota, evidence),
  ],
  ["revokeSession", ({ store, session }) => store.revokeSession({ sessionId: session.id, reason: "logout", now })],
  ["revokeSessionsOf", ({ store, user }) => store.revokeSessionsOf({ userId: user.id, reason: "logout", now })],
  [
    "changePassword",
    ({ store, user }) =>
      store.changePassword({
        userId: user.id,
        from: user.passwordHash,
        to: "new",
        stepUpHash: someBytes(32),
        methods: [],
        keepSessionId: "another",
        now,
      }),
  ],
  ["disableUser", ({ store, user }) => store.disableUser({ userId: user.id, now })],
  ["consumeResetLink", ({ store, use }) => store.consumeResetLink({ ...use, passwordHash: "new" })],
];

function createAnother(store: Prepared["store"]) {
  const user = aNewUser();
  return store.createAccount({ user, session: aSession({ userId: user.id }) });
}

const everyWrite = operations.flatMap(([name, call]) => [
  { name, call, table: "timeline" },
  { name, call, table: "changes" },
]);

it.each(everyWrite)("$name() changes nothing when its entry in $table cannot be written", async ({ call, table }) => {
  const test = await prepared();
  const before = test.rows();
  test.connection.client.exec(
    `CREATE TEMP TRIGGER fails BEFORE INSERT ON main.${table} BEGIN SELECT RAISE(ABORT, 'cannot be written'); END`,
  );
  await expect(call(test)).rejects.toThrow();
  expect(test.rows()).toEqual(before);
  test.connection.client.exec("DROP TRIGGER temp.fails");
  await call(test);
  expect(test.rows()).not.toEqual(before);
});
