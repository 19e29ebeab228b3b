import { aNewUser, aSession, someBytes, testStart } from "@watchword/auth/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startChild } from "../../../test/child.ts";
import { useTestFolder } from "../../../test/test-database.ts";
import { createSqliteAuthStore } from "../stores/auth-store.ts";
import { openSqlite } from "./connection.ts";
import type { Answer, Question } from "./until-change.child.ts";
import { mostKept, rememberUntilChange } from "./until-change.ts";

const folder = useTestFolder();

/** A table of one's own, a read of it that is counted, and another connection, as another process has it. */
function prepared() {
  const connection = folder.open();
  const { client } = connection;
  client.exec("CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT NOT NULL); INSERT INTO notes VALUES ('a', 'first')");
  const statement = client.prepare<[string], { text: string }>("SELECT text FROM notes WHERE id = ?");
  const read = vi.fn((id: string) => statement.get(id));
  const other = openSqlite({ file: connection.file });
  onTestFinished(() => other.close());
  return { client, other: other.client, read, look: rememberUntilChange(connection, read) };
}

describe("rememberUntilChange()", () => {
  it("reads once for as long as nothing changes", () => {
    const { look, read } = prepared();
    for (let count = 0; count < 10; count += 1) expect(look("a")).toEqual({ text: "first" });
    expect(read).toHaveBeenCalledTimes(1);
  });

  it("sees each change by its own connection at once", () => {
    const { look, client } = prepared();
    for (let count = 0; count < 100; count += 1) {
      client.prepare("UPDATE notes SET text = ?").run(`text ${count}`);
      expect(look("a")).toEqual({ text: `text ${count}` });
      expect(look("a")).toEqual({ text: `text ${count}` });
    }
    client.exec("DELETE FROM notes");
    expect(look("a")).toBeUndefined();
    client.exec("INSERT INTO notes VALUES ('a', 'again')");
    expect(look("a")).toEqual({ text: "again" });
  });

  it("sees a change that a trigger makes, and one that a foreign key makes", () => {
    const { look, client } = prepared();
    client.exec("CREATE TABLE causes (id INTEGER PRIMARY KEY); INSERT INTO causes VALUES (1), (2)");
    client.exec("ALTER TABLE notes ADD COLUMN cause INTEGER REFERENCES causes (id) ON DELETE CASCADE");
    client.exec("CREATE TRIGGER changed AFTER DELETE ON causes BEGIN UPDATE notes SET text = 'by trigger'; END");
    client.exec("UPDATE notes SET cause = 2");
    expect(look("a")).toEqual({ text: "first" });
    client.exec("DELETE FROM causes WHERE id = 1");
    expect(look("a")).toEqual({ text: "by trigger" });
    client.exec("DELETE FROM causes WHERE id = 2");
    expect(look("a")).toBeUndefined();
  });

  it("sees each commit of another connection at once, and nothing before it", () => {
    const { look, other, read } = prepared();
    for (let count = 0; count < 100; count += 1) {
      const before = look("a");
      other.exec("BEGIN IMMEDIATE");
      other.prepare("UPDATE notes SET text = ?").run(`text ${count}`);
      expect(look("a")).toBe(before);
      other.exec("COMMIT");
      expect(look("a")).toEqual({ text: `text ${count}` });
    }
    expect(read).toHaveBeenCalledTimes(101);
  });

  it("sees a commit that came while it was reading", () => {
    const { look, client, other, read } = prepared();
    const statement = client.prepare("SELECT text FROM notes WHERE id = ?");
    read.mockImplementationOnce((id) => {
      const found = statement.get(id) as { text: string };
      other.exec("UPDATE notes SET text = 'meanwhile'");
      return found;
    });
    expect(look("a")).toEqual({ text: "first" });
    expect(look("a")).toEqual({ text: "meanwhile" });
  });

  it("keeps nothing that its own connection may yet take back", () => {
    const { look, client } = prepared();
    expect(look("a")).toEqual({ text: "first" });
    client.exec("BEGIN; UPDATE notes SET text = 'never'");
    expect(look("a")).toEqual({ text: "never" });
    client.exec("ROLLBACK");
    expect(look("a")).toEqual({ text: "first" });
  });

  it("reads a key that is not there each time, and goes on after a read that failed", () => {
    const { look, read } = prepared();
    expect([look("b"), look("b")]).toEqual([undefined, undefined]);
    expect(read).toHaveBeenCalledTimes(2);
    read.mockImplementationOnce(() => {
      throw new Error("disk I/O error");
    });
    expect(() => look("a")).toThrow("disk I/O error");
    expect(look("a")).toEqual({ text: "first" });
  });

  it(`keeps ${mostKept} answers at most`, () => {
    const { look, client, read } = prepared();
    client.exec(
      "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 3000) INSERT INTO notes SELECT i, i FROM n",
    );
    const keys = Array.from({ length: mostKept }, (_, at) => String(at + 1));
    for (const key of keys.concat(keys)) look(key);
    expect(read).toHaveBeenCalledTimes(mostKept);
    look(String(mostKept + 1));
    read.mockClear();
    for (const key of keys) look(key);
    expect(read).toHaveBeenCalledTimes(mostKept);
  });
});

it("what another process does to a session or its user, the very next look sees, however often it was asked before", {
  timeout: 60_000,
}, async () => {
  const store = createSqliteAuthStore(folder.open());
  const child = await startChild<Question, Answer>(new URL("until-change.child.ts", import.meta.url), [folder.path()]);
  const look = (sessionId: string) => store.findSessionWithUser(sessionId);
  const admin = aNewUser({ role: "admin" }); // somebody else has to be one, or nobody can cease to be one
  await store.createAccount({ user: admin, session: aSession({ userId: admin.id }) });
  for (let round = 1; round <= 30; round += 1) {
    const user = aNewUser();
    const session = aSession({ userId: user.id });
    await store.createAccount({ user, session });
    const now = testStart + round;
    const tell = async (...question: Question) => {
      for (let count = 0; count < 3; count += 1) await look(session.id);
      expect(await child.ask(question)).toEqual({ done: expect.toBeOneOf([true, "done"]) });
      return await look(session.id);
    };
    const { id: userId, passwordHash: from } = user;

    expect((await tell("changeName", { userId, name: `Name ${round}` }))?.user.name).toBe(`Name ${round}`);
    expect((await tell("setRole", { userId, role: "admin" }))?.user).toMatchObject({ role: "admin" });
    expect((await tell("setRole", { userId, role: "user" }))?.user).toMatchObject({ role: "user" });
    const stepUpHash = someBytes(32);
    const proof = { sessionId: session.id, credentialVersion: session.credentialVersion, stepUpHash, now };
    expect((await tell("recordStepUp", proof))?.session.authenticatedAt).toBe(now);
    const password = { userId, from, to: "another hash", stepUpHash: someBytes(32), keepSessionId: "none", now };
    expect((await tell("changePassword", password))?.session.revokedReason).toBe("password_changed");
    expect((await tell("disableUser", { userId, now }))?.user.disabledAt).toBe(now);
    expect((await tell("enableUser", { userId }))?.user.disabledAt).toBeNull();

    const again = aSession({ userId, credentialVersion: user.credentialVersion + 1 });
    expect(await store.createSession(again)).toBe("created");
    expect((await look(again.id))?.session.revokedAt).toBeNull();
    await child.ask(["revokeSession", { sessionId: again.id, reason: "logout", now }]);
    expect((await look(again.id))?.session).toMatchObject({ revokedAt: now, revokedReason: "logout" });
  }
});
