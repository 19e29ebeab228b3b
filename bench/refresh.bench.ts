// What does a refresh cost, does the table grow, and what happens when 50 arrive at once with one token?
import { openSqlite } from "@watchword/db/sqlite";
import { startApp } from "./app.ts";

interface Pair {
  refreshToken: string;
}

const app = await startApp({ BCRYPT_COST: "6" });
const account = { username: "bench", email: "bench@example.com", name: "Bench", password: "a long enough password" };
let { refreshToken } = await app.call<Pair>("auth.register", { ...account, delivery: "body" });
const database = openSqlite({ file: app.databaseFile });
const rows = () => database.client.prepare("select count(*) from sessions where revoked_at is null").pluck().get();

const answers = await Promise.all(
  Array.from({ length: 50 }, () => app.call<Pair>("auth.refresh", { refreshToken }).catch(() => undefined)),
);
const successors = new Set(answers.map((answer) => answer?.refreshToken));
console.log(
  `  50 at once:            ${answers.filter(Boolean).length} answers of 200, ${successors.size} successor(s)`,
);
refreshToken = answers.find(Boolean)?.refreshToken ?? refreshToken;

const count = 10_000;
const waits: number[] = [];
const begin = performance.now();
for (let n = 0; n < count; n += 1) {
  const sent = performance.now();
  ({ refreshToken } = await app.call<Pair>("auth.refresh", { refreshToken }));
  waits.push(performance.now() - sent);
}
const total = performance.now() - begin;
waits.sort((a, b) => a - b);
const at = (share: number) => (waits[Math.floor(waits.length * share)] ?? 0).toFixed(1);
console.log(`  ${count} in a row:       ${(total / count).toFixed(2)} ms each (p50 ${at(0.5)}, p99 ${at(0.99)})`);
console.log(`  live session rows:     ${rows()}`);
database.close();
await app.stop();
