// What does it cost a call to know who is asking, and that their session is alive at this very moment? Processor time of
// the server for the same answer behind no login, behind a login whose session is not looked at, and behind the real one,
// in turns within one run. And: is a session that ended in one process refused by the next request to another?
import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { migrateSqlite, openSqlite } from "@watchword/db/sqlite";
import autocannon from "autocannon";

const rounds = 31;
const callsPerRound = 1_000;
const ended = 1_000;

const folder = mkdtempSync(join(tmpdir(), "watchword-bench-"));
const file = join(folder, "watchword.db");
const secret = randomBytes(48).toString("base64");
const database = openSqlite({ file });
migrateSqlite(database, {
  migrationsFolder: fileURLToPath(new URL("../packages/db/migrations/sqlite", import.meta.url)),
});
database.close();
const [one, other] = [await startServer(), await startServer()];

interface Server {
  url: string;
  cpuMicroseconds(): Promise<number>;
  child: ChildProcess;
}

async function startServer(): Promise<Server> {
  const program = fileURLToPath(new URL("rules-server.ts", import.meta.url));
  const child = fork(program, [file, secret], { execArgv: ["--import", "tsx"] });
  const heard = () => new Promise<Record<string, number>>((resolve) => child.once("message", resolve as never));
  const { port } = await heard();
  const cpuMicroseconds = async () => {
    const answer = heard();
    child.send("cpu");
    return (await answer).cpu ?? Number.NaN;
  };
  return { url: `http://127.0.0.1:${port}`, cpuMicroseconds, child };
}

interface Pair {
  accessToken: string;
  refreshToken: string;
}

async function call<T>(url: string, input: unknown): Promise<T> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(input) });
  const answer = (await response.json()) as { result?: { data: T } };
  if (!answer.result) throw new Error(`${url} answered ${response.status}`);
  return answer.result.data;
}

const account = { username: "bench", email: "bench@example.com", name: "Bench", password: "a long enough password" };
const { accessToken } = await call<Pair>(`${one.url}/live/auth.register`, { ...account, delivery: "body" });

async function microsecondsOf(path: string): Promise<number> {
  const before = await one.cpuMicroseconds();
  const { non2xx } = await autocannon({
    url: `${one.url}${path}`,
    headers: { authorization: `Bearer ${accessToken}` },
    connections: 4,
    amount: callsPerRound,
  });
  if (non2xx > 0) throw new Error(`${path} was refused ${non2xx} times`);
  return ((await one.cpuMicroseconds()) - before) / callsPerRound;
}

const variants = { none: "/live/open", unlooked: "/frozen/guarded", live: "/live/guarded", me: "/live/auth.me" };
type Variant = keyof typeof variants;
const names = Object.keys(variants) as Variant[];
for (const path of Object.values(variants).concat(Object.values(variants))) await microsecondsOf(path); // warm up
const costs: Record<Variant, number>[] = [];
for (let round = 0; round < rounds; round += 1) {
  const spent = { none: 0, unlooked: 0, live: 0, me: 0 };
  // Each begins a round in its turn: what one leaves to be collected, the next one pays.
  const turn = names.slice(round % names.length).concat(names.slice(0, round % names.length));
  for (const name of round % 2 ? turn : turn.reverse()) spent[name] = await microsecondsOf(variants[name]);
  costs.push(spent);
}
/** Of each variant the round that a fifth of its rounds were quicker than: whatever disturbs a round only adds to it. */
const cost = (name: Variant) =>
  costs.map((round) => round[name]).sort((a, b) => a - b)[Math.floor(rounds / 5)] ?? Number.NaN;
const ratio = (a: Variant, b: Variant) => (cost(a) / cost(b)).toFixed(2);
console.log(`  no login at all:           ${cost("none").toFixed(0)} µs of processor time a call, HTTP included`);
console.log(`  verified, not looked at:   ${cost("unlooked").toFixed(0)} µs`);
console.log(`  verified and alive:        ${cost("live").toFixed(0)} µs: ${ratio("live", "none")}x of none`);
console.log(`  liveness by itself:        ${ratio("live", "unlooked")}x of verification (goal: at most 1.10x)`);
console.log(
  `  auth.me itself:            ${cost("me").toFixed(0)} µs: ${ratio("me", "none")}x of none (goal: at most 1.25x)`,
);

let refused = 0;
for (let count = 0; count < ended; count += 1) {
  const { refreshToken, accessToken } = await call<Pair>(`${one.url}/live/auth.login`, {
    identifier: account.username,
    password: account.password,
    delivery: "body",
  });
  const ask = () => fetch(`${other.url}/live/auth.me`, { headers: { authorization: `Bearer ${accessToken}` } });
  const before = (await ask()).status;
  await call(`${one.url}/live/auth.logout`, { refreshToken });
  const after = (await ask()).status;
  if (before === 200 && after === 401) refused += 1;
}
console.log(`  ended in one process, refused by the next request to another: ${refused} of ${ended} times`);
for (const { child } of [one, other]) child.disconnect();
rmSync(folder, { recursive: true, force: true });
