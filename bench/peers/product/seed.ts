import { randomBytes } from "node:crypto";
import { setImmediate as otherEvents } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createPasswordHasher, newId, usernameSkeleton } from "@watchword/auth/core";
import { migrateSqlite, openSqlite } from "@watchword/db/sqlite";
import { seedPassword } from "../clients.ts";
import type { Place } from "../descriptions/description.ts";

const migrationsFolder = fileURLToPath(new URL("../../../packages/db/migrations/sqlite", import.meta.url));
const rowsOfTransaction = 20_000;
const cacheKibibytes = 512 * 1024;
const monthMs = 30 * 24 * 60 * 60 * 1000;

type Row = Record<string, unknown>;

/** Users with a password and a session each, written in bulk: a million registrations would take a day. */
export async function seedProduct({ folder }: Place, users: number): Promise<void> {
  const connection = openSqlite({ file: `${folder}/app.db` });
  migrateSqlite(connection, { migrationsFolder });
  const { client } = connection;
  // Until a server opens it, nothing rests on this file; and most of the indexes fit into the cache.
  client.pragma("synchronous = OFF");
  client.pragma(`cache_size = -${cacheKibibytes}`);
  const passwords = createPasswordHasher({ cost: 10 });
  const hash = await passwords.hash(seedPassword);
  await passwords.close();
  const now = Date.now();
  const insertInto = (table: string, example: Row) => {
    const names = Object.keys(example);
    return client.prepare<Row>(`INSERT INTO ${table} (${names}) VALUES (${names.map((name) => `@${name}`)})`);
  };
  const example = userRow(0, now);
  const insertUser = insertInto("users", example);
  const insertCredential = insertInto("credentials", credentialRow(example.id, hash, now));
  const insertSession = insertInto("sessions", sessionRow(example.id, now));
  for (let from = 0; from < users; from += rowsOfTransaction) {
    client.transaction(() => {
      for (let index = from; index < Math.min(users, from + rowsOfTransaction); index += 1) {
        const user = userRow(index, now);
        insertUser.run(user);
        insertCredential.run(credentialRow(user.id, hash, now));
        insertSession.run(sessionRow(user.id, now));
      }
    })();
    await otherEvents(); // a signal ends the run between two transactions
  }
  client.pragma("wal_checkpoint(TRUNCATE)");
  connection.close();
}

function userRow(index: number, now: number) {
  const username = `user${index}`;
  const email = `${username}@example.test`;
  return {
    id: newId(now, randomBytes),
    username,
    username_key: username,
    username_skeleton: usernameSkeleton(username),
    email,
    email_key: email,
    name: `User ${index}`,
    created_at: now,
    credential_version: 1,
  };
}

const credentialRow = (userId: string, hash: string, now: number) => ({
  id: userId,
  user_id: userId,
  kind: "password",
  data: hash,
  version: 1,
  created_at: now,
});

/** Nobody knows its tokens: it is there so that the table is as large as it would be. */
const sessionRow = (userId: string, now: number) => ({
  id: newId(now, randomBytes),
  user_id: userId,
  delivery: "body",
  remember_me: 1,
  family_hash: randomBytes(32),
  generation: 0,
  next_hash: randomBytes(32),
  salt: randomBytes(16),
  rotated_at: now,
  created_at: now,
  authenticated_at: now,
  expires_at: now + monthMs,
  credential_version: 1,
  user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  ip_address: "192.0.2.7",
  last_seen_at: now,
});
