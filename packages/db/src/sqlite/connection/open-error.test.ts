import { expect, it } from "vitest";
import { Database } from "./driver.ts";
import { DatabaseOpenError, explainOpenFailure } from "./open-error.ts";

/** What SQLite throws at a statement, on a database of one table. */
function thrownBy(sql: string): unknown {
  const client = new Database(":memory:");
  try {
    client.exec("create table users (name text); create index names on users (name)");
    client.exec(sql);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    client.close();
  }
}

it.each([
  ["a table that is missing", "select * from sessions"],
  ["a column that is missing", "select email from users"],
  ["a column that is written and missing", "insert into users (email) values ('x')"],
  ["a table that is there already", "create table users (id text)"],
  ["an index that is there already", "create index names on users (name)"],
  ["a table of an index's name", "create table names (id text)"],
  ["a column that is there already", "alter table users add column name text"],
  [
    "a view that needs what goes",
    "drop index names; alter table users add column x; create view v as select x from users; alter table users drop column x",
  ],
])("says that the tables are not those of this version for %s", (_, sql) => {
  const explained = explainOpenFailure(thrownBy(sql), "/data/x.db");
  expect(explained).toBeInstanceOf(DatabaseOpenError);
  expect(explained).toMatchObject({
    problem: "other_schema",
    message: expect.stringMatching(/^\/data\/x\.db: the tables of this database are not those of this version/),
  });
});

it.each([
  ["a statement that is none", "selekt 1"],
  ["a function that this SQLite does not have", "select no_such_thing(1)"],
  ["a transaction within another", "begin; begin"],
])("blames no version for %s", (_, sql) => {
  const error = thrownBy(sql);
  expect(error).toMatchObject({ code: "SQLITE_ERROR" });
  expect(explainOpenFailure(error, "/data/x.db")).toBe(error);
});
