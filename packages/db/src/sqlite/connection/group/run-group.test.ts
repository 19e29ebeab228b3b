import { expect, it, onTestFinished } from "vitest";
import { useTestFolder } from "../../../../test/test-database.ts";
import { countCommits } from "../../../../test/wal-commits.ts";
import { Database } from "../driver.ts";
import { prepareGroup } from "./run-group.ts";

const folder = useTestFolder();

/** A table of notes, a group on its connection, and another connection, as another process has it. */
function prepared() {
  const { client, file } = folder.open();
  client.exec("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
  const other = new Database(file);
  onTestFinished(() => void other.close());
  const insert = client.prepare<[number, string]>("INSERT INTO notes VALUES (?, ?)");
  return {
    client,
    other,
    runGroup: prepareGroup(client),
    commits: () => countCommits(file),
    add: (id: number, text = "text") => insert.run(id, text).changes,
    ids: () => other.prepare("SELECT id FROM notes ORDER BY id").pluck().all(),
  };
}

function fail(message: string): never {
  throw new Error(message);
}

it("a group is one commit, with the result of each operation in its order", () => {
  const { runGroup, add, ids, commits } = prepared();
  const before = commits();
  const result = runGroup([() => add(1), () => "read", () => add(2)]);
  expect(result).toEqual({
    state: "committed",
    outcomes: [{ done: 1 }, { done: "read" }, { done: 1 }],
    flushMs: expect.any(Number),
  });
  expect(ids()).toEqual([1, 2]);
  expect(commits() - before).toBe(1);
});

it("an operation that throws half way is undone alone, and gets its own error", () => {
  const { runGroup, add, ids, client } = prepared();
  const result = runGroup([
    () => add(1),
    () => {
      add(2);
      fail("half way");
    },
    () => add(1), // the id is taken: SQLite itself undoes a statement
    () => add(3),
  ]);
  expect(result).toMatchObject({
    outcomes: [{ done: 1 }, { failed: { message: "half way" } }, { failed: { code: expect.any(String) } }, { done: 1 }],
  });
  expect(ids()).toEqual([1, 3]);
  expect(client.inTransaction).toBe(false);
});

it("a transaction inside an operation is part of it, and is undone with it", () => {
  const { runGroup, add, ids, client } = prepared();
  const inner = client.transaction((id: number) => {
    add(id);
    if (id === 2) fail("inner");
  });
  const result = runGroup([
    () => inner.immediate(1),
    () => inner.immediate(2),
    () => {
      inner.immediate(3);
      fail("outer");
    },
  ]);
  expect(result).toMatchObject({ outcomes: [{ done: undefined }, { failed: {} }, { failed: { message: "outer" } }] });
  expect(ids()).toEqual([1]);
});

it("nothing of a group is seen before its commit", () => {
  const { runGroup, add, ids } = prepared();
  const seen: unknown[] = [];
  runGroup([() => add(1), () => seen.push(ids()), () => add(2), () => seen.push(ids())]);
  expect(seen).toEqual([[], []]);
  expect(ids()).toEqual([1, 2]);
});

it("a full disk ends the group: what ran is undone, what follows does not run, and nothing commits by itself (D08)", () => {
  const { runGroup, add, ids, client, commits } = prepared();
  const pages = Number(client.pragma("page_count", { simple: true }));
  client.pragma(`max_page_count = ${pages}`);
  const [before, ran] = [commits(), [] as number[]];
  const operation = (id: number, text?: string) => () => {
    ran.push(id);
    return add(id, text);
  };
  const result = runGroup([operation(1), operation(2, "long ".repeat(10_000)), operation(3)]);
  expect(result).toMatchObject({ state: "lost", error: { code: "SQLITE_FULL" } });
  expect(ran).toEqual([1, 2]);
  expect(ids()).toEqual([]);
  expect(commits()).toBe(before);
  expect(client.inTransaction).toBe(false);

  client.pragma("max_page_count = 1000000");
  expect(runGroup([operation(4)])).toMatchObject({ outcomes: [{ done: 1 }] });
  expect(ids()).toEqual([4]);
});

it("an operation that ends the transaction ends the group", () => {
  const { runGroup, add, ids, client } = prepared();
  let ran = 0;
  const result = runGroup([
    () => add(1),
    () => client.exec("ROLLBACK"),
    () => {
      ran += 1;
      return add(2);
    },
  ]);
  expect(result).toMatchObject({ state: "lost", error: { message: "no such savepoint: operation" } });
  expect(ran).toBe(0);
  expect(ids()).toEqual([]);
});

it("a COMMIT that throws undoes the whole group", () => {
  const { runGroup, add, ids, client } = prepared();
  client.exec("CREATE TABLE parents (id INTEGER PRIMARY KEY)");
  client.exec("CREATE TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)");
  const result = runGroup([() => add(1), () => client.exec("INSERT INTO children VALUES (9)")]);
  expect(result).toMatchObject({ state: "lost", error: { code: expect.stringContaining("SQLITE_CONSTRAINT") } });
  expect(client.inTransaction).toBe(false);
  expect(ids()).toEqual([]);
});

it("a lock that another process holds lets nothing run", () => {
  const { runGroup, add, ids, other } = prepared();
  other.exec("BEGIN IMMEDIATE");
  expect(runGroup([() => add(1)])).toMatchObject({ state: "not_begun", error: { code: "SQLITE_BUSY" } });
  other.exec("ROLLBACK");
  expect(ids()).toEqual([]);
});

it("an operation that would go on later is undone", () => {
  const { runGroup, add, ids } = prepared();
  const result = runGroup([async () => add(1), () => add(2)]);
  expect(result).toMatchObject({ outcomes: [{ failed: expect.any(TypeError) }, { done: 1 }] });
  expect(ids()).toEqual([2]);
});
