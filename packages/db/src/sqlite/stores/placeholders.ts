import { getTableColumns, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { SqliteConnection } from "../connection/connection.ts";

export type Orm = SqliteConnection["orm"];

/** The parameter of that name of a prepared statement. */
export const given = (name: string) => sql.placeholder(name);

/** The same where drizzle's types want a value or SQL. Only for numbers, texts and octets, which need no encoding. */
export const value = (name: string): SQL => sql`${sql.placeholder(name)}`;

/** A placeholder for each column of a table, by the name of its property. */
export function allGiven<Table extends SQLiteTable>(table: Table): Record<keyof Table["$inferInsert"], SQL> {
  const columns = Object.entries(getTableColumns(table));
  const placeholders = columns.map(([name, column]) => [name, sql`${sql.param(given(name), column)}`]);
  return Object.fromEntries(placeholders) as Record<keyof Table["$inferInsert"], SQL>;
}
