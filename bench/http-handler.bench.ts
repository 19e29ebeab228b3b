// What does a call cost through our own server, and what through a Next route? Processor time of the server for `auth.me`, in
// turns within one run: the same build, the same database engine, the same checks.

import autocannon from "autocannon";
import { startApp } from "./app.ts";

const rounds = 9;
const callsPerRound = 2_000;
const account = { username: "bench", email: "bench@example.com", name: "Bench", password: "a long enough password" };

const hosts = {
  ours: await startApp({ BCRYPT_COST: "4" }),
  next: await startApp({ BCRYPT_COST: "4" }, { hostedBy: "next", port: "3462" }),
};
type HostName = keyof typeof hosts;
const names = Object.keys(hosts) as HostName[];
const tokens: Record<HostName, string> = { ours: await tokenOf("ours"), next: await tokenOf("next") };

async function tokenOf(name: HostName): Promise<string> {
  const input = { ...account, delivery: "body" };
  return (await hosts[name].call<{ accessToken: string }>("auth.register", input)).accessToken;
}

async function microsecondsOf(name: HostName): Promise<number> {
  const { url, cpuMicroseconds } = hosts[name];
  const before = cpuMicroseconds() ?? Number.NaN;
  const headers = { authorization: `Bearer ${tokens[name]}` };
  const { non2xx } = await autocannon({ url: `${url}/auth.me`, headers, connections: 4, amount: callsPerRound });
  if (non2xx > 0) throw new Error(`auth.me was rejected ${non2xx} times`);
  return ((cpuMicroseconds() ?? Number.NaN) - before) / callsPerRound;
}

for (const name of names.concat(names)) await microsecondsOf(name); // warm up
const costs: Record<HostName, number[]> = { ours: [], next: [] };
for (let round = 0; round < rounds; round += 1) {
  for (const name of round % 2 ? names : names.toReversed()) costs[name].push(await microsecondsOf(name));
}
/** The round that a fifth of the rounds were quicker than: a disturbance only adds to a round. */
const cost = (name: HostName) => costs[name].sort((a, b) => a - b)[Math.floor(rounds / 5)] ?? Number.NaN;
console.log(`  our own server:        ${cost("ours").toFixed(0)} µs of processor time for an auth.me, HTTP included`);
console.log(`  a Next route:          ${cost("next").toFixed(0)} µs`);
console.log(`  ours is:               ${(cost("ours") / cost("next")).toFixed(2)}x of it`);
for (const host of Object.values(hosts)) await host.stop();
