import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aNewUser, aSession, someBytes, testStart } from "@watchword/auth/testing";
import { describeChangeFeedContract, type SessionEvents } from "@watchword/auth/testing/store-contract";
import { expect, it } from "vitest";
import { startChild } from "../../../test/child.ts";
import { migrationsFolder, useTestFolder } from "../../../test/test-database.ts";
import { countCommits } from "../../../test/wal-commits.ts";
import { openSqlite } from "../connection/connection.ts";
import { migrateSqlite } from "../migrations/migrate.ts";
import { createSqliteAuthStore } from "./auth-store.ts";
import { prepareChangeAppend } from "./change-append.ts";
import type { Question, Reply } from "./change-feed.child.ts";
import { createSqliteChangeFeed } from "./change-feed.ts";
import { createSqliteFileStore } from "./file-store.ts";

const folder = useTestFolder();
const now = testStart + 60_000;
const fileId = "00000000-0000-7000-8000-000000000001";

/** Ada with one session, Bob with another, and what happened to Ada since. */
async function prepared() {
  const connection = folder.open();
  const store = createSqliteAuthStore(connection);
  const [ada, bob] = [aNewUser(), aNewUser()];
  const session = aSession({ userId: ada.id });
  await store.createAccount({ user: ada, session });
  await store.createAccount({ user: bob, session: aSession({ userId: bob.id }) });
  const feed = createSqliteChangeFeed(connection);
  const start = await feed.newest(ada.id);
  const happened = async (): Promise<unknown> => {
    const found = await feed.changesAfter(ada.id, start);
    return found === "forgotten" ? found : found.map(({ kind, subjectId, createdAt }) => [kind, subjectId, createdAt]);
  };
  return { connection, store, feed, files: createSqliteFileStore(connection), ada, bob, session, start, happened };
}

type Prepared = Awaited<ReturnType<typeof prepared>>;
const owner = ({ ada }: Prepared) => ({ id: fileId, userId: ada.id });
const newFile = (test: Prepared) => ({
  ...owner(test),
  name: "letter.txt",
  contentType: "text/plain",
  sizeBytes: 10,
  createdAt: testStart + 5,
  leasedUntil: now + 1,
});
const quota = { quotaBytes: 100, now, leaseUntil: now + 1, leaselessSince: 0 };

const rotation = ({ session }: Prepared) => ({
  sessionId: session.id,
  expectedNextHash: session.nextHash,
  expectedGeneration: 0,
  idleSince: 0,
  now,
  nextHash: someBytes(32),
  salt: someBytes(16),
});

it("a session that begins is one change, at its own time, of its user alone", async () => {
  const test = await prepared();
  const session = aSession({ userId: test.ada.id, createdAt: testStart + 7 });
  await test.store.createSession(session);
  await test.store.createSession(aSession({ userId: test.bob.id }));
  expect(await test.happened()).toEqual([["session_started", session.id, testStart + 7]]);
});

it("an account begins with its first session, and the newest change is that", async () => {
  const { feed, ada, bob } = await prepared();
  expect([await feed.newest(ada.id), await feed.newest(bob.id), await feed.newest("nobody")]).toEqual([1, 2, 0]);
  expect(await feed.changesAfter(ada.id, 0)).toMatchObject([{ seq: 1, kind: "session_started" }]);
  expect(await feed.changesAfter("nobody", 0)).toEqual([]);
});

it("a session that ends is one change, at the time of its end, the first time only", async () => {
  const test = await prepared();
  await test.store.revokeSession({ sessionId: test.session.id, reason: "logout", now });
  await test.store.revokeSession({ sessionId: test.session.id, reason: "logout", now: now + 1 });
  test.connection.client.exec("UPDATE sessions SET revoked_at = revoked_at + 1");
  expect(await test.happened()).toEqual([["session_ended", test.session.id, now]]);
});

it("each session that a password change or a disabled account ends is a change, and the kept one is none", async () => {
  const test = await prepared();
  const { store, ada, session } = test;
  const others = [aSession({ userId: ada.id }), aSession({ userId: ada.id })];
  for (const other of others) await store.createSession(other);
  const before = await test.feed.newest(ada.id);
  await store.changePassword({
    userId: ada.id,
    from: ada.passwordHash,
    to: "x",
    stepUpHash: someBytes(32),
    methods: [],
    keepSessionId: session.id,
    now,
  });
  const ended = await test.feed.changesAfter(ada.id, before);
  expect(ended).toHaveLength(2);
  expect(new Set(ended === "forgotten" ? [] : ended.map(({ subjectId }) => subjectId))).toEqual(
    new Set(others.map(({ id }) => id)),
  );
  await store.disableUser({ userId: ada.id, now: now + 1 });
  expect(await test.feed.changesAfter(ada.id, before + 2)).toMatchObject([
    { kind: "session_ended", subjectId: session.id, createdAt: now + 1 },
  ]);
});

it.each([
  ["a refresh", ({ store }: Prepared, test: Prepared) => store.rotateSession(rotation(test))],
  ["a successor that is replaced", ({ store }: Prepared, test: Prepared) => store.reissueSession(rotation(test))],
  [
    "a newer hash",
    ({ store, ada }: Prepared) => store.upgradePasswordHash({ userId: ada.id, from: ada.passwordHash, to: "x" }),
  ],
  ["a file that begins to arrive", ({ files }: Prepared, test: Prepared) => files.reserve(newFile(test), quota)],
  [
    "an upload that goes away unfinished",
    async ({ files }: Prepared, test: Prepared) => {
      await files.reserve(newFile(test), quota);
      return files.remove({ ...owner(test), now });
    },
  ],
  [
    "a login that comes too late",
    ({ store, ada }: Prepared) => store.createSession(aSession({ userId: ada.id, credentialVersion: 9 })),
  ],
])("%s is no change", async (_, doIt) => {
  const test = await prepared();
  await doIt(test, test);
  expect(await test.happened()).toEqual([]);
});

it("a file is a change when it has arrived, at the time it began to, and when it is removed, at that time", async () => {
  const test = await prepared();
  await test.files.reserve(newFile(test), quota);
  await test.files.complete({ ...owner(test), sizeBytes: 7 }, quota);
  await test.files.complete({ ...owner(test), sizeBytes: 7 }, quota);
  expect(await test.happened()).toEqual([["file_added", fileId, testStart + 5]]);
  expect(await test.files.remove({ ...owner(test), userId: test.bob.id, now })).toBe(false);
  expect(await test.files.remove({ ...owner(test), now })).toBe(true);
  expect(await test.happened()).toEqual([
    ["file_added", fileId, testStart + 5],
    ["file_removed", fileId, now],
  ]);
});

it("a change and its entry are one commit, and a refresh is one page as before", async () => {
  const test = await prepared();
  await test.files.reserve(newFile(test), quota);
  const before = countCommits(test.connection.file);
  await test.store.createSession(aSession({ userId: test.ada.id }));
  await test.files.complete({ ...owner(test), sizeBytes: 7 }, quota);
  await test.files.remove({ ...owner(test), now });
  await test.store.rotateSession(rotation(test));
  await test.store.revokeSession({ sessionId: test.session.id, reason: "logout", now });
  expect(countCommits(test.connection.file) - before).toBe(5);
});

it("a user takes their changes along, with files of every kind and without a trace", async () => {
  const test = await prepared();
  await test.files.reserve(newFile(test), quota);
  await test.files.complete({ ...owner(test), sizeBytes: 7 }, quota);
  test.connection.client.prepare("DELETE FROM users WHERE id = ?").run(test.ada.id);
  expect(test.connection.client.prepare("SELECT kind FROM changes WHERE user_id = ?").all(test.ada.id)).toEqual([]);
  expect(test.connection.client.pragma("foreign_key_check")).toEqual([]);
});

it("the newest 200 of each user stay, and whoever may have missed one hears that, not a part of it", async () => {
  const { connection, feed, ada, bob, store } = await prepared();
  const append = prepareChangeAppend(connection.orm);
  const change = { userId: ada.id, kind: "file_added", subjectId: "x", createdAt: 1 } as const;
  const begin = (count: number) =>
    connection.client.transaction(() => {
      for (let n = 0; n < count; n += 1) append(change);
    })();
  const start = await feed.newest(ada.id);
  begin(199);
  expect(await feed.changesAfter(ada.id, start)).toHaveLength(199);
  begin(1);
  expect(await feed.changesAfter(ada.id, start)).toBe("forgotten");
  begin(500);
  const kept = connection.client.prepare("SELECT count(*) FROM changes WHERE user_id = ?").pluck();
  expect([kept.get(ada.id), kept.get(bob.id)]).toEqual([200, 1]);
  const newest = await feed.newest(ada.id);
  expect(await feed.changesAfter(ada.id, newest)).toEqual([]);
  expect(await feed.changesAfter(ada.id, newest - 199)).toHaveLength(199);
  await store.createSession(aSession({ userId: ada.id }));
  expect(await feed.newest(ada.id)).toBe(newest + 1);
});

it("a number is never used again, also when the newest change has gone with its user", async () => {
  const { connection, feed, store, ada, bob } = await prepared();
  const newest = await feed.newest(bob.id);
  connection.client.prepare("DELETE FROM users WHERE id = ?").run(bob.id);
  await store.createSession(aSession({ userId: ada.id }));
  expect(await feed.newest(ada.id)).toBeGreaterThan(newest);
});

it("reads by its index alone, and sorts nothing (D14)", () => {
  const connection = folder.open();
  const prepare = connection.client.prepare.bind(connection.client);
  const statements: string[] = [];
  connection.client.prepare = ((source: string) => {
    statements.push(source);
    return prepare(source);
  }) as typeof connection.client.prepare;
  createSqliteChangeFeed(connection);
  const plans = statements.map((source) => {
    const nothing = Array<null>(source.split("?").length - 1).fill(null);
    const steps = prepare(`EXPLAIN QUERY PLAN ${source}`).all(...nothing) as { detail: string }[];
    return steps.map(({ detail }) => detail);
  });
  expect(plans).toEqual([
    ["SEARCH changes USING COVERING INDEX changes_user_id (user_id=?)"],
    ["SEARCH changes USING INDEX changes_user_id (user_id=? AND rowid>?)"],
  ]);
});

it("what other processes write is read by its reader once each, in order, while they write", {
  timeout: 60_000,
}, async () => {
  const { connection, feed, ada, start } = await prepared();
  const script = new URL("change-feed.child.ts", import.meta.url);
  const children = await Promise.all([1, 2, 3].map(() => startChild<Question, Reply>(script, [connection.file])));
  const sessions = Array.from({ length: 90 }, () => aSession({ userId: ada.id }));
  let writing = true;
  const written = Promise.all(
    children.map((child, at) => child.ask({ sessions: sessions.slice(at * 30, at * 30 + 30) })),
  ).finally(() => {
    writing = false;
  });
  const read: Array<{ seq: number; kind: string; subjectId: string }> = [];
  for (let last = false, seq = start; !last; ) {
    last = !writing;
    const found = await feed.changesAfter(ada.id, seq);
    if (found === "forgotten") throw new Error("The reader was too slow for the test");
    read.push(...found);
    seq = found.at(-1)?.seq ?? seq;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await written).toEqual(["done", "done", "done"]);
  expect(read.map(({ seq }) => seq)).toEqual(read.map(({ seq }) => seq).toSorted((a, b) => a - b));
  const eventsOf = (kind: string) => read.filter((one) => one.kind === kind).map(({ subjectId }) => subjectId);
  for (const kind of ["session_started", "session_ended"]) {
    expect(eventsOf(kind).toSorted()).toEqual(sessions.map(({ id }) => id).toSorted());
  }
});

describeChangeFeedContract("createSqliteAuthStore()", async () => {
  const file = mkdtempSync(join(tmpdir(), "watchword-db-"));
  const connection = openSqlite({ file: join(file, "watchword.db") });
  migrateSqlite(connection, { migrationsFolder });
  const feed = createSqliteChangeFeed(connection);
  return {
    store: createSqliteAuthStore(connection),
    async changesOf(userId) {
      const found = await feed.changesAfter(userId, 0);
      if (found === "forgotten") throw new Error("The feed has forgotten changes");
      return found.map(({ kind, subjectId, createdAt }) => ({
        kind: kind as SessionEvents["kind"],
        subjectId,
        createdAt,
      }));
    },
    async close() {
      connection.close();
      rmSync(file, { recursive: true, force: true });
    },
  };
});
