// What does it cost a call to know who is asking, and that their session is alive at this very moment? Processor time of
// the server for the same answer behind no login and without a token, behind a login whose session is not looked at, and
// behind the real one, in turns within one run. And: is a session that ended in one process refused by the next request to
// another?
//
// A machine that others share is slow for a while and then quick again, which moves such a figure by a fifth. So each ratio is
// taken of calls that were made within the same few seconds, and what is printed is the middle of many.
import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { migrateSqlite, openSqlite } from "@watchword/db/sqlite";

const rounds = 80;
const warmUpRounds = 8;
const callsPerRound = 400;
/** More sessions than a process remembers: asked in turn, each is read anew at every call. */
const crowd = 1_100;
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
  const nextMessage = () => new Promise<Record<string, number>>((resolve) => child.once("message", resolve as never));
  const { port } = await nextMessage();
  const cpuMicroseconds = async () => {
    const answer = nextMessage();
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

const password = "a long enough password";

async function register(username: string): Promise<string> {
  const account = { username, email: `${username}@example.com`, name: "Bench", password, delivery: "body" };
  return (await call<Pair>(`${one.url}/live/auth.register`, account)).accessToken;
}

const ours = [await register("bench")];
const theirs: string[] = [];
while (theirs.length < crowd) theirs.push(await register(`bench${theirs.length}`));

/** Connections that stay open from one round to the next: what it costs to open them is no part of a call. */
const connections = new Agent({ keepAlive: true, maxSockets: 4 });

async function ask(path: string, accessToken: string | undefined): Promise<void> {
  const headers = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
  await new Promise<void>((resolve, reject) => {
    const asked = get(`${one.url}${path}`, { agent: connections, headers }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${path} was refused with ${answer.statusCode}`));
      answer.resume().once("end", resolve);
    });
    asked.once("error", reject);
  });
}

const variants = {
  none: { path: "/live/open", tokens: [] },
  unlooked: { path: "/frozen/guarded", tokens: ours },
  live: { path: "/live/guarded", tokens: ours },
  me: { path: "/live/auth.me", tokens: ours },
  unlookedOfMany: { path: "/frozen/guarded", tokens: theirs },
  liveOfMany: { path: "/live/guarded", tokens: theirs },
  meOfMany: { path: "/live/auth.me", tokens: theirs },
};
type Variant = keyof typeof variants;
const names = Object.keys(variants) as Variant[];
const asked = Object.fromEntries(names.map((name) => [name, 0])) as Record<Variant, number>;

async function microsecondsOf(name: Variant): Promise<number> {
  const { path, tokens } = variants[name];
  const before = await one.cpuMicroseconds();
  const until = asked[name] + callsPerRound;
  const askOn = async () => {
    while (asked[name] < until) await ask(path, tokens[asked[name]++ % tokens.length]);
  };
  await Promise.all(Array.from({ length: connections.maxSockets }, askOn));
  return ((await one.cpuMicroseconds()) - before) / callsPerRound;
}

const costs: Record<Variant, number>[] = [];
for (let round = -warmUpRounds; round < rounds; round += 1) {
  const spent = { ...asked };
  // Each begins a round in its turn: what one leaves to be collected, the next one pays.
  const first = Math.abs(round) % names.length;
  const turn = names.slice(first).concat(names.slice(0, first));
  for (const name of round % 2 ? turn : turn.reverse()) spent[name] = await microsecondsOf(name);
  if (round >= 0) costs.push(spent);
}

/** The middle of the rounds, and between which two values the middle half of them lies. */
function middleOf(figureOf: (round: Record<Variant, number>) => number) {
  const values = costs.map(figureOf).sort((a, b) => a - b);
  const at = (share: number) => values[Math.floor(values.length * share)] ?? Number.NaN;
  return { median: at(0.5), from: at(0.25), to: at(0.75) };
}
const microseconds = (name: Variant) => `${middleOf((round) => round[name]).median.toFixed(0)} µs`;
function ratio(a: Variant, b: Variant): string {
  const { median, from, to } = middleOf((round) => round[a] / round[b]);
  return `${median.toFixed(2)}x (half of ${rounds} rounds: ${from.toFixed(2)} to ${to.toFixed(2)})`;
}
console.log(`  no login at all:           ${microseconds("none")} of processor time a call, HTTP included`);
console.log(`  verified, not looked at:   ${microseconds("unlooked")}`);
console.log(`  verified and alive:        ${microseconds("live")}`);
console.log(`  auth.me itself:            ${microseconds("me")}`);
console.log(`  liveness by itself:        ${ratio("live", "unlooked")} of verification; goal: at most 1.10x`);
console.log(`  auth.me, all included:     ${ratio("me", "none")} of no login; goal: at most 1.25x`);
console.log(
  `  the same when each call is another one's, of ${crowd.toLocaleString("en")} in turn, so that nothing is remembered:`,
);
console.log(`    liveness by itself:      ${ratio("liveOfMany", "unlookedOfMany")}`);
console.log(`    auth.me, all included:   ${ratio("meOfMany", "none")}`);

let rejected = 0;
for (let count = 0; count < ended; count += 1) {
  const { refreshToken, accessToken } = await call<Pair>(`${one.url}/live/auth.login`, {
    identifier: "bench",
    password,
    delivery: "body",
  });
  const askOther = () => fetch(`${other.url}/live/auth.me`, { headers: { authorization: `Bearer ${accessToken}` } });
  const before = (await askOther()).status;
  await call(`${one.url}/live/auth.logout`, { refreshToken });
  const after = (await askOther()).status;
  if (before === 200 && after === 401) rejected += 1;
}
console.log(`  ended in one process, refused by the next request to another: ${rejected} of ${ended} times`);
for (const { child } of [one, other]) child.disconnect();
rmSync(folder, { recursive: true, force: true });
