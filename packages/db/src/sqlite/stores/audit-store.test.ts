import { aNewUser, aSession, someBytes, testStart } from "@watchword/auth/testing";
import { expect, it } from "vitest";
import { startChild } from "../../../test/child.ts";
import { useTestFolder } from "../../../test/test-database.ts";
import { countCommits } from "../../../test/wal-commits.ts";
import { createSqliteAuthStore } from "./auth-store.ts";
import type { Question, Reply } from "./change-feed.child.ts";

const folder = useTestFolder();

async function prepared() {
  const connection = folder.open();
  const store = createSqliteAuthStore(connection);
  const user = aNewUser();
  const session = aSession({ userId: user.id });
  await store.createAccount({ user, session });
  const entries = () => store.listAuditEntries({ userId: user.id, limit: 1_000 });
  return { connection, store, user, session, entries };
}

it("the timeline can be appended to, and not changed by anybody who has the database open", async () => {
  const { connection, entries } = await prepared();
  const change = (statement: string) => () => connection.client.prepare(statement).run();
  expect(change("UPDATE timeline SET detail = 'logout'")).toThrow("appended to, never changed");
  expect(change("UPDATE OR IGNORE timeline SET at = 0")).toThrow("appended to, never changed");
  expect(await entries()).toMatchObject([{ event: "session_created", at: testStart, detail: null }]);
});

it("a session that ends and what the timeline says of it are one commit, also of several sessions", async () => {
  const { connection, store, user, session, entries } = await prepared();
  for (let count = 0; count < 3; count += 1) await store.createSession(aSession({ userId: user.id }));
  const before = countCommits(connection.file);
  const change = {
    from: user.passwordHash,
    to: "new",
    stepUpHash: someBytes(32),
    methods: [],
    keepSessionId: session.id,
  };
  await store.changePassword({ userId: user.id, now: testStart + 9, ...change });
  expect(countCommits(connection.file) - before).toBe(1);
  expect((await entries()).filter(({ detail }) => detail === "password_changed")).toHaveLength(3);
});

it("two processes write into one timeline, and each reads what the other wrote", { timeout: 60_000 }, async () => {
  const { store, user, entries } = await prepared();
  const script = new URL("change-feed.child.ts", import.meta.url);
  const children = await Promise.all([1, 2].map(() => startChild<Question, Reply>(script, [folder.path()])));
  const mine = aSession({ userId: user.id });
  const theirs = children.map(() => Array.from({ length: 10 }, () => aSession({ userId: user.id })));
  const answers = await Promise.all([
    ...children.map((child, index) => child.ask({ sessions: theirs[index] ?? [] })),
    store.createSession(mine),
  ]);
  expect(answers).toEqual(["done", "done", "created"]);
  const listed = await entries();
  const of = (id: string) => listed.filter(({ sessionId }) => sessionId === id).map(({ event }) => event);
  expect(of(mine.id)).toEqual(["session_created"]);
  for (const { id } of theirs.flat()) expect(of(id)).toEqual(["session_expired", "session_created"]);
  const seqs = listed.map(({ seq }) => seq);
  expect(seqs).toEqual([...seqs].sort((a, b) => b - a));
});

it("some thousands of refreshes leave as many rows as there are sessions, in every table (problem 24)", async () => {
  const { connection, store, user, session } = await prepared();
  connection.client.pragma("synchronous = OFF"); // it is rows that are counted here, not power cuts
  const tables = ["users", "sessions", "changes", "timeline", "files", "signing_keys"];
  const rows = () => tables.map((table) => connection.client.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  const before = rows();
  expect(before).toEqual([1, 1, 1, 1, 0, 0]);
  let expectedNextHash = session.nextHash;
  for (let generation = 0; generation < 5_000; generation += 1) {
    const [nextHash, salt] = [someBytes(32), someBytes(16)];
    const change = { sessionId: session.id, expectedGeneration: generation, idleSince: 0, now: testStart + generation };
    expect(await store.rotateSession({ ...change, expectedNextHash, nextHash, salt })).toBe(true);
    expectedNextHash = nextHash;
  }
  expect(rows()).toEqual(before);
  expect((await store.findStoredSession(session.id))?.session.generation).toBe(5_000);
  expect((await store.listSessions(user.id)).length).toBe(1);
});
