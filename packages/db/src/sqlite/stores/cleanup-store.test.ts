import { aNewUser, aSession, someBytes, testStart } from "@watchword/auth/testing";
import { expect, it } from "vitest";
import { useTestFolder } from "../../../test/test-database.ts";
import { countCommits } from "../../../test/wal-commits.ts";
import { openSqlite } from "../connection/connection.ts";
import { createSqliteAuthStore } from "./auth-store.ts";
import { createSqliteCleanupStore } from "./cleanup-store.ts";

const folder = useTestFolder();
const [now, day] = [testStart, 86_400_000];
const limits = { endedBefore: now, idleSince: now - 14 * day };

/** So many sessions of one user, of which those that are to go ran out yesterday. */
async function prepared(count: number, isOver: (index: number) => boolean) {
  const connection = folder.open();
  connection.client.pragma("synchronous = OFF"); // it is rows that are counted here, not power cuts
  const store = createSqliteAuthStore(connection);
  const user = aNewUser();
  const living = { userId: user.id, rotatedAt: now, expiresAt: now + day };
  await store.createAccount({ user, session: aSession(living) });
  const sessions = Array.from({ length: count }, (_, index) =>
    aSession({ ...living, ...(isOver(index) ? { expiresAt: now - day } : {}) }),
  );
  for (const session of sessions) await store.createSession(session);
  const left = () => Number(connection.client.prepare("SELECT count(*) FROM sessions").pluck().get());
  return { connection, store, sessions, left };
}

it("a step reads and removes no more than its window, whatever the table holds (D14)", async () => {
  const { store, left } = await prepared(2_000, () => true);
  const first = await store.removeEndedSessions({ after: null, window: 500, ...limits });
  expect(first.removed).toBeGreaterThanOrEqual(499); // one is alive, wherever its id put it
  expect(left()).toBe(2_001 - first.removed);
});

it("no step's statement reads beyond its window (D14)", () => {
  const connection = folder.open();
  const { client } = connection;
  const prepare = client.prepare.bind(client);
  const plans: unknown[] = [];
  client.prepare = ((source: string) => {
    const steps = prepare(`EXPLAIN QUERY PLAN ${source}`);
    const given = Array<null>(source.split("?").length - 1).fill(null);
    plans.push(...(steps.all(...given) as { detail: string }[]).map(({ detail }) => detail));
    return prepare(source);
  }) as typeof client.prepare;
  createSqliteCleanupStore(connection);
  const bySession = "SEARCH sessions USING INDEX sqlite_autoindex_sessions_1 (id>? AND id<?)";
  const byEntry = "SEARCH timeline USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)";
  expect(plans).toEqual([
    "SEARCH sessions USING COVERING INDEX sqlite_autoindex_sessions_1 (id>?)",
    bySession,
    bySession,
    // What a removed session takes with it.
    "SEARCH challenges USING COVERING INDEX challenges_session (session_id=?)",
    "SEARCH timeline USING INTEGER PRIMARY KEY (rowid>?)",
    byEntry,
    byEntry,
  ]);
});

it("a step that finds nothing commits nothing, and waits for no writer", async () => {
  const { connection, store } = await prepared(20, () => false);
  const other = openSqlite({ file: connection.file });
  other.client.exec("BEGIN IMMEDIATE");
  const before = countCommits(connection.file);
  const step = { after: null, window: 500 };
  expect(await store.removeEndedSessions({ ...step, ...limits })).toEqual({ removed: 0, next: null });
  expect(await store.removeOldAuditEntries({ ...step, before: now - day })).toEqual({ removed: 0, next: null });
  expect(countCommits(connection.file)).toBe(before);
  other.close();
});

it("a step that removes is one commit, and is told in no feed and no timeline", async () => {
  const { connection, store } = await prepared(20, () => true);
  const rows = () =>
    ["changes", "timeline"].map((table) => connection.client.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  const [before, commits] = [rows(), countCommits(connection.file)];
  expect((await store.removeEndedSessions({ after: null, window: 500, ...limits })).removed).toBe(20);
  expect([rows(), countCommits(connection.file) - commits]).toEqual([before, 1]);
});

it("two connections that clear away while a third refreshes lose no living session (D15)", async () => {
  const { connection, store, sessions, left } = await prepared(300, (index) => index % 2 === 0);
  const others = [openSqlite({ file: connection.file }), openSqlite({ file: connection.file })];
  const cleanUp = async (of: typeof store) => {
    let removed = 0;
    for (let after: string | null = null, more = true; more; ) {
      const cleaned = await of.removeEndedSessions({ after, window: 20, ...limits });
      removed += cleaned.removed;
      after = cleaned.next;
      more = after !== null;
    }
    return removed;
  };
  const refreshes = sessions.map(async ({ id, nextHash }) => {
    const change = { sessionId: id, expectedNextHash: nextHash, expectedGeneration: 0, idleSince: 0, now };
    return await store.rotateSession({ ...change, nextHash: someBytes(32), salt: someBytes(16) });
  });
  const sweeps = Promise.all(others.map((other) => cleanUp(createSqliteAuthStore(other))));
  expect(await Promise.all(refreshes)).toEqual(sessions.map((_, index) => index % 2 === 1));
  expect((await sweeps).reduce((sum, one) => sum + one)).toBe(150);
  expect(left()).toBe(151);
  for (const other of others) other.close();
});
