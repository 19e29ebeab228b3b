import { aNewUser, aSession, someBytes, testStart } from "@watchword/auth/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startChild } from "../../../test/child.ts";
import { useTestFolder } from "../../../test/test-database.ts";
import { createSqliteAuthStore } from "../stores/auth-store.ts";
import { openSqlite } from "./connection.ts";
import type { Question, Reply } from "./until-change.child.ts";
import { mostKept, rememberUntilChange } from "./until-change.ts";

const folder = useTestFolder();

/** A table of one's own, a read of it that is counted, and another connection, as another process has it. */
function prepared() {
  const connection = folder.open();
  const { client } = connection;
  client.exec("CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT NOT NULL); INSERT INTO notes VALUES ('a', 'first')");
  const statement = client.prepare<[string], { text: string }>("SELECT text FROM notes WHERE id = ?");
  const query = vi.fn((id: string) => statement.get(id));
  const other = openSqlite({ file: connection.file });
  onTestFinished(() => other.close());
  return { client, write: connection.write, other: other.client, query, read: rememberUntilChange(connection, query) };
}

describe("rememberUntilChange()", () => {
  it("reads once for as long as nothing changes", () => {
    const { read, query } = prepared();
    for (let count = 0; count < 10; count += 1) expect(read("a")).toEqual({ text: "first" });
    expect(query).toHaveBeenCalledTimes(1);
  });

  it("sees each change by its own connection at once", () => {
    const { read, client } = prepared();
    for (let count = 0; count < 100; count += 1) {
      client.prepare("UPDATE notes SET text = ?").run(`text ${count}`);
      expect(read("a")).toEqual({ text: `text ${count}` });
      expect(read("a")).toEqual({ text: `text ${count}` });
    }
    client.exec("DELETE FROM notes");
    expect(read("a")).toBeUndefined();
    client.exec("INSERT INTO notes VALUES ('a', 'again')");
    expect(read("a")).toEqual({ text: "again" });
  });

  it("sees a change that a trigger makes, and one that a foreign key makes", () => {
    const { read, client } = prepared();
    client.exec("CREATE TABLE causes (id INTEGER PRIMARY KEY); INSERT INTO causes VALUES (1), (2)");
    client.exec("ALTER TABLE notes ADD COLUMN cause INTEGER REFERENCES causes (id) ON DELETE CASCADE");
    client.exec("CREATE TRIGGER changed AFTER DELETE ON causes BEGIN UPDATE notes SET text = 'by trigger'; END");
    client.exec("UPDATE notes SET cause = 2");
    expect(read("a")).toEqual({ text: "first" });
    client.exec("DELETE FROM causes WHERE id = 1");
    expect(read("a")).toEqual({ text: "by trigger" });
    client.exec("DELETE FROM causes WHERE id = 2");
    expect(read("a")).toBeUndefined();
  });

  it("sees each commit of another connection at once, and nothing before it", () => {
    const { read, other, query } = prepared();
    for (let count = 0; count < 100; count += 1) {
      const before = read("a");
      other.exec("BEGIN IMMEDIATE");
      other.prepare("UPDATE notes SET text = ?").run(`text ${count}`);
      expect(read("a")).toBe(before);
      other.exec("COMMIT");
      expect(read("a")).toEqual({ text: `text ${count}` });
    }
    expect(query).toHaveBeenCalledTimes(101);
  });

  it("sees a commit that came while it was reading", () => {
    const { read, client, other, query } = prepared();
    const statement = client.prepare("SELECT text FROM notes WHERE id = ?");
    query.mockImplementationOnce((id) => {
      const found = statement.get(id) as { text: string };
      other.exec("UPDATE notes SET text = 'meanwhile'");
      return found;
    });
    expect(read("a")).toEqual({ text: "first" });
    expect(read("a")).toEqual({ text: "meanwhile" });
  });

  it("keeps nothing that its own connection may yet take back", () => {
    const { read, client } = prepared();
    expect(read("a")).toEqual({ text: "first" });
    client.exec("BEGIN; UPDATE notes SET text = 'never'");
    expect(read("a")).toEqual({ text: "never" });
    client.exec("ROLLBACK");
    expect(read("a")).toEqual({ text: "first" });
  });

  it("keeps nothing of an open group, whether it is committed, undone in part or lost", async () => {
    const { read, client, write } = prepared();
    const change = client.prepare<[string]>("UPDATE notes SET text = ?");
    const seen: unknown[] = [];
    const changeTo = (text: string) => () => {
      change.run(text);
      seen.push(read("a")?.text);
    };
    const undone = write(() => {
      changeTo("undone")();
      throw new Error("half way");
    });
    await Promise.all([
      write(changeTo("committed")),
      expect(undone).rejects.toThrow("half way"),
      write(() => seen.push(read("a")?.text)),
    ]);
    expect(read("a")).toEqual({ text: "committed" });
    await expect(
      write(() => {
        changeTo("lost")();
        client.exec("ROLLBACK");
      }),
    ).rejects.toMatchObject({ status: 503 });
    expect(seen).toEqual(["undone", "committed", "committed", "lost"]);
    expect(read("a")).toEqual({ text: "committed" });
  });

  it("reads a key that is not there each time, and goes on after a read that failed", () => {
    const { read, query } = prepared();
    expect([read("b"), read("b")]).toEqual([undefined, undefined]);
    expect(query).toHaveBeenCalledTimes(2);
    query.mockImplementationOnce(() => {
      throw new Error("disk I/O error");
    });
    expect(() => read("a")).toThrow("disk I/O error");
    expect(read("a")).toEqual({ text: "first" });
  });

  it(`keeps ${mostKept} answers at most`, () => {
    const { read, client, query } = prepared();
    client.exec(
      "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 3000) INSERT INTO notes SELECT i, i FROM n",
    );
    const keys = Array.from({ length: mostKept }, (_, at) => String(at + 1));
    for (const key of keys.concat(keys)) read(key);
    expect(query).toHaveBeenCalledTimes(mostKept);
    read(String(mostKept + 1));
    query.mockClear();
    for (const key of keys) read(key);
    expect(query).toHaveBeenCalledTimes(mostKept);
  });
});

it("what another process does to a session or its user, the very next look sees, however often it was asked before", {
  timeout: 60_000,
}, async () => {
  const store = createSqliteAuthStore(folder.open());
  const child = await startChild<Question, Reply>(new URL("until-change.child.ts", import.meta.url), [folder.path()]);
  const read = (sessionId: string) => store.findSessionWithUser(sessionId);
  const admin = aNewUser({ role: "admin" }); // somebody else has to be one, or nobody can cease to be one
  await store.createAccount({ user: admin, session: aSession({ userId: admin.id }) });
  for (let round = 1; round <= 30; round += 1) {
    const user = aNewUser();
    const session = aSession({ userId: user.id });
    await store.createAccount({ user, session });
    const now = testStart + round;
    const call = async (...question: Question) => {
      for (let count = 0; count < 3; count += 1) await read(session.id);
      expect(await child.ask(question)).toEqual({ done: expect.toBeOneOf([true, "done", "recorded"]) });
      return await read(session.id);
    };
    const { id: userId, passwordHash: from } = user;

    expect((await call("changeName", { userId, name: `Name ${round}` }))?.user.name).toBe(`Name ${round}`);
    expect((await call("setRole", { userId, role: "admin" }))?.user).toMatchObject({ role: "admin" });
    expect((await call("setRole", { userId, role: "user" }))?.user).toMatchObject({ role: "user" });
    const { credentialVersion } = session;
    const stepUp = { sessionId: session.id, credentialVersion, stepUpHash: someBytes(32), methods: [], now };
    expect((await call("recordStepUp", stepUp))?.session.authenticatedAt).toBe(now);
    const password = {
      userId,
      from,
      to: "another hash",
      stepUpHash: someBytes(32),
      methods: [],
      keepSessionId: "none",
      now,
    };
    expect((await call("changePassword", password))?.session.revokedReason).toBe("password_changed");
    expect((await call("disableUser", { userId, now }))?.user.disabledAt).toBe(now);
    expect((await call("enableUser", { userId }))?.user.disabledAt).toBeNull();

    const again = aSession({ userId, credentialVersion: user.credentialVersion + 1 });
    expect(await store.createSession(again)).toBe("created");
    expect((await read(again.id))?.session.revokedAt).toBeNull();
    await child.ask(["revokeSession", { sessionId: again.id, reason: "logout", now }]);
    expect((await read(again.id))?.session).toMatchObject({ revokedAt: now, revokedReason: "logout" });
  }
});
