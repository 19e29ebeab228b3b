import { statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, it } from "vitest";
import { useTestFolder } from "../../../test/test-database.ts";
import { openSqlite } from "./connection.ts";

const folder = useTestFolder();

it("openSqlite() opens a database that readers share with a writer, and that keeps what it acknowledged", () => {
  const { client } = folder.open();
  const pragma = (name: string) => client.pragma(name, { simple: true });
  expect(pragma("journal_mode")).toBe("wal");
  expect(pragma("synchronous")).toBe(2); // FULL
  expect(pragma("foreign_keys")).toBe(1);
  expect(pragma("busy_timeout")).toBe(0);
});

it("openSqlite() makes the folder and the files for their owner alone", () => {
  const file = folder.path("new/deeper/watchword.db");
  const connection = folder.open({ file });
  expect(connection.file).toBe(file);
  expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
  for (const name of [file, `${file}-wal`, `${file}-shm`]) expect(statSync(name).mode & 0o777).toBe(0o600);
});

it("openSqlite() refuses a file that is no database, loudly, and leaves it as it was", () => {
  const file = folder.path("letter.db");
  const letter = "Dear reader, this is not a database. ".repeat(200);
  writeFileSync(file, letter);
  expect(() => openSqlite({ file })).toThrow("file is not a database");
  expect(statSync(file).size).toBe(letter.length);
});

it("openSqlite() sets what is set for each connection also on a database that needs no migration", () => {
  const { file } = folder.open();
  const again = openSqlite({ file });
  expect(again.client.pragma("foreign_keys", { simple: true })).toBe(1);
  expect(again.client.pragma("synchronous", { simple: true })).toBe(2);
  again.close();
});

it("close() may be called twice", () => {
  const connection = folder.open();
  connection.close();
  expect(() => connection.close()).not.toThrow();
});
