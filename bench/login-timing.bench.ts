// Can the time of a refused login tell whether somebody has an account? A wrong password for an unknown user, a known one and a
// disabled one, in turns of random order within one run, and a rank test (Mann-Whitney) of each against each. Fault case P07.
import { createSqliteAuthStore, openSqlite } from "@watchword/db/sqlite";
import { startApp } from "./app.ts";

const rounds = 200;
const app = await startApp({ BCRYPT_COST: "8", LIMIT_LOGIN_PER_ACCOUNT: "100000/60" });
const password = "a long enough password";
const register = (username: string) =>
  app.call<{ user: { id: string } }>("auth.register", {
    username,
    email: `${username}@example.com`,
    name: username,
    password,
    delivery: "body",
  });
await register("known");
const { user } = await register("disabled");
const connection = openSqlite({ file: app.databaseFile });
await createSqliteAuthStore(connection).disableUser({ userId: user.id, now: Date.now() });
connection.close();

const kinds = ["unknown", "known", "disabled"] as const;
type Kind = (typeof kinds)[number];
const times: Record<Kind, number[]> = { unknown: [], known: [], disabled: [] };

async function tryOnce(identifier: Kind): Promise<number> {
  const begun = performance.now();
  const response = await fetch(`${app.url}/auth.login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ identifier, password: "not the right password", delivery: "body" }),
  });
  await response.text();
  if (response.status !== 401) throw new Error(`${identifier}: answered ${response.status}`);
  return performance.now() - begun;
}

for (let round = -20; round < rounds; round += 1) {
  for (const kind of kinds.toSorted(() => Math.random() - 0.5)) {
    const took = await tryOnce(kind);
    if (round >= 0) times[kind].push(took); // the first 20 warm up
  }
}

/** Two-sided, by the normal approximation: good for hundreds of values without ties. */
function pOfRankTest(one: readonly number[], other: readonly number[]): number {
  const ranked = [...one.map((value) => ({ value, mine: true })), ...other.map((value) => ({ value, mine: false }))];
  ranked.sort((a, b) => a.value - b.value);
  const rankSum = ranked.reduce((sum, { mine }, at) => sum + (mine ? at + 1 : 0), 0);
  const u = rankSum - (one.length * (one.length + 1)) / 2;
  const mean = (one.length * other.length) / 2;
  const deviation = Math.sqrt((one.length * other.length * (one.length + other.length + 1)) / 12);
  return 2 * (1 - normal(Math.abs(u - mean) / deviation));
}

/** The normal distribution function for z >= 0 (Abramowitz and Stegun 26.2.17, error below 1e-7). */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const tail = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * tail;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
for (const kind of kinds) console.log(`  ${kind.padEnd(9)} median ${median(times[kind]).toFixed(2)} ms`);
for (const [one, other] of [
  ["unknown", "known"],
  ["unknown", "disabled"],
  ["known", "disabled"],
] as const) {
  const p = pOfRankTest(times[one], times[other]);
  console.log(`  ${one} or ${other}: p = ${p.toFixed(3)} (${p > 0.05 ? "not told apart" : "told apart, by this run"})`);
}
await app.stop();
