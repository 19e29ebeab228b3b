import { statSync } from "node:fs";
import { aChallenge, aNewUser, aSession, someBytes, testStart } from "@watchword/auth/testing";
import { expect, it } from "vitest";
import { openRefreshing, register } from "../../../test/refreshing.ts";
import { useTestFolder } from "../../../test/test-database.ts";
import { countCommits } from "../../../test/wal-commits.ts";
import { createSqliteAuthStore } from "../stores/auth-store.ts";

const folder = useTestFolder();

async function prepared() {
  const connection = folder.open();
  const store = createSqliteAuthStore(connection);
  const user = aNewUser();
  const session = aSession({ userId: user.id });
  await store.createAccount({ user, session });
  return { connection, store, user, session };
}

it("50 parallel rotations of one token make exactly one database commit", async () => {
  const { connection, store, session } = await prepared();
  const before = countCommits(connection.file);
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, () =>
      store.rotateSession({
        sessionId: session.id,
        expectedNextHash: session.nextHash,
        expectedGeneration: 0,
        idleSince: 0,
        now: testStart + 1,
        nextHash: someBytes(32),
        salt: someBytes(16),
      }),
    ),
  );
  expect(outcomes.filter(Boolean)).toHaveLength(1);
  expect(countCommits(connection.file) - before).toBe(1);
});

it("50 parallel refreshes with one token are 50 answers, one successor and exactly one database commit", async () => {
  const { connection, ...rules } = openRefreshing(folder.open().file);
  const refreshToken = await register({ connection, ...rules }, "ada");
  const before = countCommits(connection.file);
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => rules.auth.refresh({ refreshToken, delivery: "body" })),
  );
  expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
  expect(new Set(answers.map((answer) => answer.session.generation))).toEqual(new Set([1]));
  expect(countCommits(connection.file) - before).toBe(1);
  connection.close();
});

it("so many writes of one turn of the event loop are one commit, and each is in the log when it is answered", async () => {
  const { connection, store, user } = await prepared();
  const others = Array.from({ length: 20 }, () => aSession({ userId: user.id }));
  const before = countCommits(connection.file);
  let answered = 0;
  await Promise.all(
    others.map(async (other) => {
      expect(await store.createSession(other)).toBe("created");
      expect(countCommits(connection.file) - before).toBe(1);
      answered += 1;
    }),
  );
  expect(answered).toBe(20);
  for (const other of others) await store.createSession({ ...other, id: aSession({ userId: user.id }).id });
  // One after the other, each waits for its own.
  expect(countCommits(connection.file) - before).toBe(21);
});

it("each write of the port alone is one commit, and one that is refused is none", async () => {
  const { connection, store, user, session } = await prepared();
  const commitsOf = async (call: () => Promise<unknown>) => {
    const before = countCommits(connection.file);
    await call();
    return countCommits(connection.file) - before;
  };
  const [newUser, now] = [aNewUser(), testStart];
  const account = { user: newUser, session: aSession({ userId: newUser.id }) };
  const others = Array.from({ length: 5 }, () => aSession({ userId: user.id }));
  expect(await commitsOf(() => store.createAccount(account))).toBe(1);
  expect(await commitsOf(() => store.createAccount(account))).toBe(0);
  expect(await commitsOf(() => Promise.all(others.map((other) => store.createSession(other))))).toBe(1);
  expect(await commitsOf(() => store.createSession(aSession({ userId: user.id, credentialVersion: 9 })))).toBe(0);
  expect(await commitsOf(() => store.findStoredSession(session.id))).toBe(0);
  const challenge = aChallenge({ userId: user.id });
  const key = { id: challenge.id, secretHash: challenge.secretHash, now };
  const add = { challenge, quota: { perUser: 1, perNetwork: 1 }, now };
  const evidence = { challenge: key, uses: [{ id: user.id, now }] };
  const begin = () => store.createSession(aSession({ userId: user.id }), undefined, evidence);
  expect(await commitsOf(() => store.addChallenge(add))).toBe(1);
  expect(await commitsOf(() => Promise.all(Array.from({ length: 50 }, () => store.takeChallengeTry(key))))).toBe(1);
  expect(await commitsOf(begin)).toBe(1);
  expect(await commitsOf(begin)).toBe(0);
  expect(await commitsOf(() => store.removeExpiredChallenges({ before: now, limit: 9 }))).toBe(0);
  const change = {
    userId: user.id,
    from: user.passwordHash,
    to: "new",
    stepUpHash: someBytes(32),
    methods: [],
    keepSessionId: session.id,
    now,
  };
  expect(await commitsOf(() => store.changePassword(change))).toBe(1);
  expect(await commitsOf(() => store.changePassword(change))).toBe(0);
  const end = { sessionId: session.id, reason: "logout", now } as const;
  expect(await commitsOf(() => store.revokeSession(end))).toBe(1);
  expect(await commitsOf(() => store.revokeSession(end))).toBe(0);
  expect(await commitsOf(() => store.disableUser({ userId: newUser.id, now }))).toBe(1);
  expect(await commitsOf(() => store.disableUser({ userId: newUser.id, now }))).toBe(0);
});

it("10,000 rotations leave one row, and a database that has not grown", async () => {
  const { connection, store, session } = await prepared();
  connection.client.pragma("synchronous = OFF"); // it is rows that are counted here, not power cuts
  connection.client.pragma("wal_checkpoint(TRUNCATE)");
  const bytes = statSync(connection.file).size;
  let expectedNextHash = session.nextHash;
  for (let generation = 0; generation < 10_000; generation += 1) {
    const nextHash = someBytes(32);
    const now = testStart + generation;
    const change = { sessionId: session.id, expectedNextHash, expectedGeneration: generation, idleSince: 0 };
    expect(await store.rotateSession({ ...change, now, nextHash, salt: someBytes(16) })).toBe(true);
    expectedNextHash = nextHash;
  }
  connection.client.pragma("wal_checkpoint(TRUNCATE)");
  expect(connection.client.prepare("SELECT count(*) FROM sessions").pluck().get()).toBe(1);
  expect((await store.findStoredSession(session.id))?.session.generation).toBe(10_000);
  expect(statSync(connection.file).size).toBe(bytes);
});

it("a rotation writes one page", async () => {
  const { connection, store, session } = await prepared();
  const before = statSync(`${connection.file}-wal`).size;
  const change = { sessionId: session.id, expectedNextHash: session.nextHash, expectedGeneration: 0, idleSince: 0 };
  await store.rotateSession({ ...change, now: testStart + 1, nextHash: someBytes(32), salt: someBytes(16) });
  const pageBytes = Number(connection.client.pragma("page_size", { simple: true }));
  expect(statSync(`${connection.file}-wal`).size - before).toBe(pageBytes + 24);
});

it("deleting a user deletes their sessions, so that no id leads to nobody", async () => {
  const { connection, store, user, session } = await prepared();
  connection.client.prepare("DELETE FROM users WHERE id = ?").run(user.id);
  expect(await store.findStoredSession(session.id)).toBeUndefined();
  expect(connection.client.prepare("SELECT count(*) FROM sessions").pluck().get()).toBe(0);
});
