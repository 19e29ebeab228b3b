// What an operator does from a terminal, beside the running app and on the same database: `npm run keys`, `npm run role`, `npm run users`.

import { createSqliteAuthStore, migrateSqlite, openSqlite } from "@watchword/db/sqlite";
import { readEnv } from "../env/env.ts";
import { runKeysCommand } from "../operator-cli/keys.ts";
import { runRoleCommand } from "../operator-cli/role.ts";
import { runUsersCommand } from "../operator-cli/users.ts";
import { createHasher, createRules } from "./rules.ts";
import { startFailure, waitForDatabase } from "./start-failure.ts";

const commands = { keys: runKeysCommand, role: runRoleCommand, users: runUsersCommand } as const;

async function main([name = "", ...args]: string[]): Promise<number> {
  const command = Object.entries(commands).find(([known]) => known === name)?.[1];
  if (!command) return fail(`There is no "${name}". There is: ${Object.keys(commands).join(", ")}`);
  const env = readEnv();
  await waitForDatabase(env);
  const connection = openSqlite({ file: env.databaseFile });
  const passwords = createHasher(env);
  try {
    migrateSqlite(connection, { migrationsFolder: env.migrationsFolder });
    const store = createSqliteAuthStore(connection);
    const { text, ok } = await command(createRules(env, { store, passwords }), args);
    (ok ? process.stdout : process.stderr).write(`${text}\n`);
    return ok ? 0 : 1;
  } finally {
    connection.close();
    await passwords.close();
  }
}

function fail(text: string): number {
  process.stderr.write(`${text}\n`);
  return 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = fail(startFailure(error));
}
