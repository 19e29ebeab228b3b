// Does a refresh cost more when there are a million sessions, what does a million refreshes leave behind, and for how long
// does clearing away keep others from writing?
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createAuth, formatRefreshToken, hashSecret, newId, type PasswordHasher } from "@watchword/auth/core";
import { createSqliteAuthStore, migrateSqlite, openSqlite } from "@watchword/db/sqlite";

const migrationsFolder = fileURLToPath(new URL("../packages/db/migrations/sqlite", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "watchword-scale-"));
const now = Date.UTC(2026, 0, 1);
const day = 86_400_000;
const sessionsOfUser = 100;
const idleSeconds = 1_209_600;
/** Nobody logs in here: sessions are made by the thousand. */
const noPasswords: PasswordHasher = {
  hash: async () => "",
  verify: async () => ({ matches: false, needsUpgrade: false, unusable: false }),
  close: async () => undefined,
};

/** The same octets for the same session, so that its token is known without keeping a million of them. */
const octets = (purpose: string, index: number, bytes: number): Uint8Array =>
  createHash("sha256").update(`${purpose}/${index}`).digest().subarray(0, bytes);
const idOf = (index: number) => newId(now - day + index, (bytes) => octets("id", index, bytes));
const tokenOf = (index: number) =>
  formatRefreshToken({
    sessionId: idOf(index),
    generation: 0,
    familySecret: octets("family", index, 16),
    secret: octets("secret", index, 32),
  });

/** A database with so many sessions, every third of which ended a month ago, and the rules on it. */
function prepare(count: number) {
  const connection = openSqlite({ file: join(folder, `${count}.db`) });
  const { client } = connection;
  migrateSqlite(connection, { migrationsFolder });
  const columns = (table: string) => client.pragma(`table_info(${table})`) as Array<{ name: string; notnull: number }>;
  const insertInto = (table: string, row: Record<string, unknown>) => {
    const names = columns(table).flatMap(({ name }) => (name in row ? [name] : []));
    return client.prepare(`INSERT INTO ${table} (${names}) VALUES (${names.map((name) => `@${name}`)})`);
  };
  const insertUser = insertInto("users", userRow(0));
  const insertSession = insertInto("sessions", sessionRow(0));
  for (let from = 0; from < count; from += 10_000) {
    client.transaction(() => {
      for (let index = from; index < Math.min(count, from + 10_000); index += 1) {
        if (index % sessionsOfUser === 0) insertUser.run(userRow(index));
        insertSession.run(sessionRow(index));
      }
    })();
    client.pragma("wal_checkpoint(PASSIVE)"); // no commit does it
  }
  client.pragma("wal_checkpoint(TRUNCATE)");
  client.exec("ANALYZE");
  const store = createSqliteAuthStore(connection);
  const auth = createAuth({
    store,
    passwords: noPasswords,
    clock: { now: () => now },
    randomBytes,
    secrets: ["a-bench-signs-with-this-key-and-nobody-else-does"],
    issuer: "http://localhost:3461",
  });
  return { count, connection, store, auth };
}

type Prepared = ReturnType<typeof prepare>;

function userRow(index: number) {
  const name = `user${index}`;
  const texts = { username: name, username_key: name, email: `${name}@example.com`, email_key: `${name}@example.com` };
  return { id: idOf(-1 - index), ...texts, name, created_at: now, credential_version: 1 };
}

const hasEnded = (index: number) => index % 3 === 0;

function sessionRow(index: number) {
  const end = hasEnded(index) ? now - 30 * day : null;
  return {
    id: idOf(index),
    user_id: idOf(-1 - (index - (index % sessionsOfUser))),
    delivery: "body",
    remember_me: 1,
    family_hash: hashSecret(octets("family", index, 16)),
    generation: 0,
    next_hash: hashSecret(octets("secret", index, 32)),
    salt: octets("salt", index, 16),
    rotated_at: now - day,
    created_at: now - day,
    authenticated_at: now - day,
    expires_at: now + 29 * day,
    credential_version: 1,
    revoked_at: end,
    revoked_reason: end === null ? null : "logout",
    user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    ip_address: "192.0.2.7",
    last_seen_at: now - day,
  };
}

/** So many living sessions, spread over all of them, each once. */
function spread(count: number, wanted: number): number[] {
  const living = Array.from({ length: wanted }, (_, at) => Math.floor((at * count) / wanted));
  return [...new Set(living.map((index) => (hasEnded(index) ? index + 1 : index)))].filter((index) => index < count);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

const refreshed = ({ auth }: Prepared, index: number) =>
  timed(() => auth.refresh({ refreshToken: tokenOf(index), delivery: "body" }));

function at(times: number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? 0;
}

const line = (what: string, said: string) => console.log(`  ${`${what}:`.padEnd(33)}${said}`);
const ms = (value: number) => `${value.toFixed(3)} ms`;

/** One here, one there, and again: whatever else the machine does meanwhile, it does to both. */
async function compareRefreshes(few: Prepared, many: Prepared): Promise<boolean> {
  const wanted = 600;
  const times = { few: [] as number[], many: [] as number[] };
  const [here, there] = [spread(few.count, wanted), spread(many.count, wanted)];
  for (const [turn, index] of here.entries()) {
    times.few.push(await refreshed(few, index));
    times.many.push(await refreshed(many, there[turn] ?? 1));
  }
  const ratio = at(times.many, 0.5) / at(times.few, 0.5);
  line("a refresh at 1,000 sessions", `${ms(at(times.few, 0.5))} (p99 ${ms(at(times.few, 0.99))})`);
  line("a refresh at 1,000,000", `${ms(at(times.many, 0.5))} (p99 ${ms(at(times.many, 0.99))}), ${ratio.toFixed(2)}x`);
  return ratio <= 1.15;
}

/** A frame of the write-ahead log is a page, and a commit has one at least: as many frames as refreshes is one of each. */
async function countPages(many: Prepared): Promise<boolean> {
  const { client, file } = many.connection;
  await pause(50); // as long as reads keep their lock
  client.pragma("wal_checkpoint(TRUNCATE)");
  const indexes = spread(many.count, 500).map((index) => index + 30); // others than those that were measured
  const walBytes = () => statSync(`${file}-wal`).size;
  for (const index of indexes) await refreshed(many, index);
  const frames = (walBytes() - 32) / (Number(client.pragma("page_size", { simple: true })) + 24);
  line("written by 500 refreshes", `${frames} pages, so as many commits: ${(frames / indexes.length).toFixed(2)} each`);
  return frames === indexes.length;
}

async function clearAway(many: Prepared): Promise<void> {
  const steps: number[] = [];
  let [removed, after] = [0, null as string | null];
  do {
    const step = { after, window: 500, endedBefore: now - 7 * day, idleSince: now - 7 * day - idleSeconds * 1000 };
    steps.push(
      await timed(async () => {
        const result = await many.store.removeEndedSessions(step);
        removed += result.removed;
        after = result.next;
      }),
    );
  } while (after !== null);
  line("cleared away", `${removed.toLocaleString("en")} sessions in ${steps.length} steps of 500 rows`);
  line("a step", `${ms(at(steps, 0.5))} (p99 ${ms(at(steps, 0.99))}, longest ${ms(Math.max(...steps))})`);
}

/** Through the store alone: making a million tokens would measure the signature. */
async function refreshMillionTimes({ connection, store }: Prepared): Promise<boolean> {
  const tables = ["users", "sessions", "changes", "timeline"];
  const rows = () => tables.map((table) => connection.client.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  const before = rows();
  connection.client.pragma("synchronous = OFF"); // it is rows that are counted here, not power cuts
  const found = await store.findStoredSession(idOf(2));
  if (!found) throw new Error("The session is gone");
  let expectedNextHash = found.session.nextHash;
  const salt = octets("salt", 2, 16);
  for (let turn = 0; turn < 1_000_000; turn += 1) {
    const nextHash = randomBytes(32);
    const expectedGeneration = found.session.generation + turn;
    const change = { sessionId: idOf(2), expectedNextHash, expectedGeneration, idleSince: 0, now, nextHash, salt };
    if (!(await store.rotateSession(change))) throw new Error("A rotation was refused");
    expectedNextHash = nextHash;
  }
  const same = JSON.stringify(rows()) === JSON.stringify(before);
  line("a million refreshes leave", same ? "not one row more, in any table" : `${rows()} rows instead of ${before}`);
  return same;
}

const [few, many] = [prepare(1_000), prepare(1_000_000)];
line("the larger database", `${Math.round(statSync(many.connection.file).size / 1024 / 1024)} MiB`);
const held = [await compareRefreshes(few, many), await countPages(many)];
await clearAway(many);
held.push(await refreshMillionTimes(few));
for (const { connection } of [few, many]) connection.close();
rmSync(folder, { recursive: true });
process.exit(held.every(Boolean) ? 0 : 1);
