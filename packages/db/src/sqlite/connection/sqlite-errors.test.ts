import { copyFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { AuthError, type StoredSession } from "@watchword/auth/core";
import { aChallenge, aNewUser, aSession, someBytes, testStart } from "@watchword/auth/testing";
import { describe, expect, it, vi } from "vitest";
import { useTestFolder } from "../../../test/test-database.ts";
import { createSqliteAuthStore } from "../stores/auth-store.ts";
import { openSqlite, type SqliteConnection, type SqliteOptions } from "./connection.ts";
import { Database } from "./driver.ts";

const folder = useTestFolder();

/** A store with one account, its session and a challenge. */
async function prepared(options?: Partial<SqliteOptions>) {
  const connection = folder.open(options);
  const store = createSqliteAuthStore(connection);
  const user = aNewUser();
  const session = aSession({ userId: user.id });
  await store.createAccount({ user, session });
  const challenge = aChallenge({ userId: user.id });
  await store.addChallenge({ challenge, quota: { perUser: 9, perNetwork: 9 }, now: testStart });
  return { connection, store, user, session, challenge };
}

type Prepared = Awaited<ReturnType<typeof prepared>>;

function changeOf(session: StoredSession) {
  return {
    sessionId: session.id,
    expectedNextHash: session.nextHash,
    expectedGeneration: session.generation,
    idleSince: 0,
    now: testStart + 1,
    nextHash: someBytes(32),
    salt: someBytes(16),
  };
}

/** Every write that the port has; each must be refused whole. */
function writesOf({ store, user, session, challenge }: Omit<Prepared, "connection">) {
  const newUser = aNewUser();
  const now = testStart;
  const { id, secretHash } = challenge;
  const key = { id, secretHash, now };
  return {
    createAccount: () => store.createAccount({ user: newUser, session: aSession({ userId: newUser.id }) }),
    createSession: () => store.createSession(aSession({ userId: user.id })),
    rotateSession: () => store.rotateSession(changeOf(session)),
    reissueSession: () => store.reissueSession(changeOf(session)),
    revokeSession: () => store.revokeSession({ sessionId: session.id, reason: "logout", now }),
    upgradePasswordHash: () => store.upgradePasswordHash({ userId: user.id, from: user.passwordHash, to: "to" }),
    changePassword: () =>
      store.changePassword({
        userId: user.id,
        from: user.passwordHash,
        to: "to",
        stepUpHash: someBytes(32),
        methods: [],
        keepSessionId: session.id,
        now,
      }),
    recordStepUp: () => {
      const { id: sessionId, credentialVersion } = session;
      return store.recordStepUp({ sessionId, credentialVersion, stepUpHash: someBytes(32), methods: [], now });
    },
    addChallenge: () =>
      store.addChallenge({
        challenge: aChallenge({ userId: user.id }),
        quota: { perUser: 9, perNetwork: 9 },
        now,
      }),
    takeChallengeTry: () => store.takeChallengeTry(key),
    setChallengeData: () => store.setChallengeData({ ...key, data: "new" }),
    createSessionWithEvidence: () =>
      store.createSession(aSession({ userId: user.id }), undefined, {
        challenge: key,
        uses: [{ id: user.id, now: now + 1 }],
      }),
    changeName: () => store.changeName({ userId: user.id, name: "Ada King" }),
    disableUser: () => store.disableUser({ userId: user.id, now }),
  };
}

async function expectUnavailable(call: Promise<unknown>, cause: RegExp | string): Promise<AuthError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AuthError)) throw new Error("Expected an AuthError", { cause: error });
  expect(error).toMatchObject({ reason: "temporarily_unavailable", status: 503 });
  expect(error.retryAfterSeconds).toBeGreaterThan(0);
  expect(error.cause).toBeInstanceOf(Error);
  expect(error.cause).toHaveProperty("message", expect.stringMatching(cause));
  return error;
}

function everything({ client }: Pick<SqliteConnection, "client">): unknown[] {
  return ["users", "credentials", "sessions", "challenges"].map((table) =>
    client.prepare(`SELECT * FROM ${table} ORDER BY id`).all(),
  );
}

describe("while another process holds the write lock", () => {
  it.each(["IMMEDIATE", "EXCLUSIVE"])(
    "every write answers 503, changes nothing, and works afterwards (BEGIN %s, D01)",
    async (mode) => {
      const { connection, store, user, session, challenge } = await prepared({ retryForMs: 40 });
      const other = new Database(connection.file);
      const before = everything(connection);
      other.exec(`BEGIN ${mode}`);
      const outcomes = Object.values(writesOf({ store, user, session, challenge })).map((write) =>
        expectUnavailable(write(), "database is locked"),
      );
      for (const error of await Promise.all(outcomes)) expect(error.retryAfterSeconds).toBe(1);
      expect(everything(connection)).toEqual(before);
      other.exec("COMMIT");
      other.close();
      expect(await store.rotateSession(changeOf(session))).toBe(true);
    },
  );

  it("reading goes on as ever", async () => {
    const { connection, store, session } = await prepared({ retryForMs: 0 });
    const other = new Database(connection.file);
    other.exec("BEGIN EXCLUSIVE");
    expect((await store.findStoredSession(session.id))?.session.id).toBe(session.id);
    other.close();
  });

  it("a write waits its turn and then succeeds, when that comes soon enough", async () => {
    const { connection, store, session } = await prepared();
    const other = new Database(connection.file);
    other.exec("BEGIN IMMEDIATE");
    const rotated = store.rotateSession(changeOf(session));
    await pause(60);
    other.exec("COMMIT");
    other.close();
    expect(await rotated).toBe(true);
  });

  it("the event loop is not held up, however many writes are waiting", async () => {
    const { connection, store, session } = await prepared({ retryForMs: 300 });
    const other = new Database(connection.file);
    other.exec("BEGIN EXCLUSIVE");
    const delays = monitorEventLoopDelay({ resolution: 1 });
    delays.enable();
    const writes = Array.from({ length: 50 }, () => store.rotateSession(changeOf(session)));
    let reads = 0;
    const waiting = Promise.allSettled(writes).then(() => "done");
    while ((await Promise.race([waiting, pause(1)])) !== "done") {
      await store.findStoredSession(session.id);
      reads += 1;
    }
    delays.disable();
    other.close();
    expect((await Promise.allSettled(writes)).every(({ status }) => status === "rejected")).toBe(true);
    expect(reads).toBeGreaterThan(15);
    // Waiting inside SQLite would hold it up for 50 times the busy time-out; the rest is what a loaded machine does.
    expect(delays.percentile(90) / 1e6).toBeLessThan(50);
  });
});

it("a full disk answers 503, loses nothing, and all works again when there is room (D08)", async () => {
  const { connection, store, user, session } = await prepared();
  const pages = Number(connection.client.pragma("page_count", { simple: true }));
  connection.client.pragma(`max_page_count = ${pages}`);
  let stored = 0;
  const fill = async () => {
    for (; stored < 1_000; stored += 1) await store.createSession(aSession({ userId: user.id }));
  };
  await expectUnavailable(fill(), "database or disk is full");
  const newUser = aNewUser({ name: "long ".repeat(5_000) });
  const account = { user: newUser, session: aSession({ userId: newUser.id }) };
  await expectUnavailable(store.createAccount(account), "database or disk is full");
  expect(await store.findCredentialsById(newUser.id)).toBeUndefined();
  expect(connection.client.prepare("SELECT count(*) FROM sessions").pluck().get()).toBe(stored + 1);
  expect((await store.findStoredSession(session.id))?.user.id).toBe(user.id);

  connection.client.pragma("max_page_count = 1000000");
  expect(await store.createAccount(account)).toBe("created");
  expect(await store.rotateSession(changeOf(session))).toBe(true);
  expect(connection.client.pragma("integrity_check", { simple: true })).toBe("ok");
});

it("a read-only database answers 503 to every write and goes on reading (D09)", async () => {
  const { connection, store, user, session, challenge } = await prepared();
  const before = everything(connection);
  connection.client.pragma("query_only = 1");
  for (const write of Object.values(writesOf({ store, user, session, challenge }))) {
    const error = await expectUnavailable(write(), "readonly");
    expect(error.retryAfterSeconds).toBe(10);
  }
  expect((await store.findStoredSession(session.id))?.session.id).toBe(session.id);
  connection.client.pragma("query_only = 0");
  expect(everything(connection)).toEqual(before);
  expect(await store.rotateSession(changeOf(session))).toBe(true);
});

describe("when the database file is no longer the one that was opened", () => {
  it("deleted: answers 503 to reads and writes alike, and makes no new file", async () => {
    const { connection, store, user, session, challenge } = await prepared();
    rmSync(connection.file);
    for (const write of Object.values(writesOf({ store, user, session, challenge })))
      await expectUnavailable(write(), "deleted");
    await expectUnavailable(store.findStoredSession(session.id), "deleted");
    expect(() => copyFileSync(connection.file, folder.path("copy"))).toThrow("ENOENT");
  });

  it("replaced, as by restoring a backup: answers 503 until the process starts again", async () => {
    const { connection, store, session } = await prepared();
    connection.client.pragma("wal_checkpoint(TRUNCATE)");
    copyFileSync(connection.file, folder.path("backup"));
    renameSync(folder.path("backup"), connection.file);
    await expectUnavailable(store.rotateSession(changeOf(session)), "replaced");
    await expectUnavailable(store.findStoredSession(session.id), "replaced");
    connection.close();

    const reopened = createSqliteAuthStore(folder.open());
    expect(await reopened.rotateSession(changeOf(session))).toBe(true);
  });

  it("the read behind every call hears of it within 100 ms, and of a closed connection at once", async () => {
    const { connection, store, session } = await prepared();
    const start = performance.now() + 1_000;
    const now = vi.spyOn(performance, "now").mockReturnValue(start);
    expect((await store.findSessionWithUser(session.id))?.session.id).toBe(session.id);
    renameSync(connection.file, folder.path("elsewhere"));
    now.mockReturnValue(start + 100);
    await expectUnavailable(Promise.resolve(store.findSessionWithUser(session.id)), "deleted");
    renameSync(folder.path("elsewhere"), connection.file);
    expect((await store.findSessionWithUser(session.id))?.session.id).toBe(session.id);
    connection.close();
    await expectUnavailable(Promise.resolve(store.findSessionWithUser(session.id)), "closed");
    now.mockRestore();
  });

  it("moved away and back: works again by itself", async () => {
    const { connection, store, session } = await prepared();
    renameSync(connection.file, folder.path("elsewhere"));
    await expectUnavailable(store.rotateSession(changeOf(session)), "deleted");
    renameSync(folder.path("elsewhere"), connection.file);
    expect(await store.rotateSession(changeOf(session))).toBe(true);
  });
});

it("a closed connection answers 503", async () => {
  const { connection, store, user, session, challenge } = await prepared();
  connection.close();
  await expectUnavailable(store.findStoredSession(session.id), "closed");
  for (const write of Object.values(writesOf({ store, user, session, challenge })))
    await expectUnavailable(write(), "closed");
});

it("a corrupt file answers 503 and never passes for an empty one (D10)", async () => {
  const { connection, session } = await prepared();
  connection.client.pragma("wal_checkpoint(TRUNCATE)");
  const pageBytes = Number(connection.client.pragma("page_size", { simple: true }));
  const pages = Number(connection.client.pragma("page_count", { simple: true }));
  connection.close();
  const reopened = openSqlite({ file: connection.file });
  const store = createSqliteAuthStore(reopened);
  // Everything behind the first page, which holds the schema; the file, and so its inode, stays the same.
  writeFileSync(connection.file, Buffer.alloc(pageBytes * (pages - 1), 0xab), { flag: "r+", flush: true });
  rmSync(`${connection.file}-wal`, { force: true });
  await expectUnavailable(store.findStoredSession(session.id), /malformed|not a database/);
  await expectUnavailable(store.rotateSession(changeOf(session)), /malformed|not a database/);
  reopened.close();
});

it("an error that is a bug is not dressed up as an outage", async () => {
  const { connection, store, user, session } = await prepared();
  await expect(store.createSession(aSession({ userId: user.id, id: session.id }))).rejects.toThrow("UNIQUE");
  await expect(connection.write(() => connection.client.prepare("SELECT * FROM missing"))).rejects.toThrow(
    "no such table",
  );
});
