// Can the time of a refused login tell whether somebody has an account? A wrong password for an unknown user, a known one and a
// disabled one, in turns of random order within one run, and a rank test (Mann-Whitney) of each against each. Fault case P07.
import { createSqliteAuthStore, openSqlite } from "@watchword/db/sqlite";
import { startApp } from "./app.ts";
import { median, pOfRankTest } from "./rank-test.ts";

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
