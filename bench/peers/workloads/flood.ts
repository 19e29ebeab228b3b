import { benchAddress, createClient } from "../clients.ts";
import { cpuCells, cpuColumns, latencyColumns, latencyRows, rateCells, rateColumns } from "../columns.ts";
import { type Contestant, startContestant } from "../contestant.ts";
import { yardsticks } from "../descriptions/all.ts";
import type { Client } from "../descriptions/description.ts";
import { readMemory } from "../machine/process-figures.ts";
import {
  type Bench,
  inTurn,
  logInClients,
  measure,
  openLoopSeconds,
  probe,
  type Slice,
  type Work,
  warmUp,
} from "../measure.ts";
import { contestantsOf } from "../options.ts";
import { pooled, runRounds } from "../rounds.ts";
import { median } from "../statistics.ts";
import { formatTable } from "../table.ts";

const flooding = 8;
const probing = 8;

interface Prepared extends Contestant {
  asking: Client[];
  next: Work["next"];
  idleMemory: number;
}

interface FloodRound {
  single: Slice;
  flood: Slice;
  idle: number[];
  beside: number[];
}

/** One login at a time, then as many as eight connections can, and how long `me` of others takes meanwhile. */
export async function runFlood(bench: Bench): Promise<string> {
  const { options } = bench;
  const contestants: Prepared[] = [];
  for (const description of contestantsOf("flood", options)) {
    if (description.calls.login) contestants.push(await prepare(bench, description));
  }
  const rounds = await runRounds(bench, contestants, (contestant) => runSlices(bench, contestant));
  const memory = new Map(contestants.map(({ name, pid }) => [name, readMemory(pid).peak]));
  for (const contestant of contestants) await contestant.stop();
  const against = { base: yardsticks.login, of: ({ flood }: FloodRound) => flood };
  const alone = { base: yardsticks.login, of: ({ single }: FloodRound) => single };
  const floods = contestants.map(({ name, idleMemory }) => [
    name,
    ...rateCells(rounds, name, against),
    ...[idleMemory, memory.get(name)],
  ]);
  const logins = contestants.map(({ name }) => [
    name,
    median(pooled(rounds, name, ({ single }) => single.latencies)),
    ...cpuCells(rounds, name, alone),
  ]);
  const latencies = latencyRows(
    rounds,
    contestants.map(({ name }) => name),
  );
  const floodColumns = ["contestant", ...rateColumns("logins"), "memory idle (MiB)", "peak (MiB)"];
  return [
    `One login at a time:\n\n${formatTable(["contestant", "p50 (ms)", ...cpuColumns], logins)}`,
    `${flooding} connections that log in:\n\n${formatTable(floodColumns, floods)}`,
    `\`me\` beside them:\n\n${formatTable(["contestant", ...latencyColumns], latencies)}`,
  ].join("\n\n");
}

async function prepare(bench: Bench, description: Contestant["description"]): Promise<Prepared> {
  const contestant = await startContestant(description, { ...bench.options, behindProxy: true });
  const idleMemory = readMemory(contestant.pid).now;
  const asking = await logInClients(contestant, probing);
  const { me } = description.calls;
  await warmUp(contestant, bench.options, { connections: flooding, next: inTurn(contestant, me, asking) });
  const prepared = { ...contestant, asking, next: loginsOf(contestant), idleMemory };
  await measure(contestant, { connections: flooding, seconds: bench.options.seconds, next: prepared.next });
  bench.say(`  ${contestant.name} is ready`);
  return prepared;
}

/** One user after the other, each from an address of its own. Those that ask `me` are left alone: a login may end their session. */
function loginsOf({ name, description, users }: Contestant): Work["next"] {
  const call = description.calls.login;
  const untouched = new Set(Array.from({ length: probing }, (_, at) => Math.floor((at * users) / probing)));
  let logins = 0;
  return () => {
    if (!call) throw new Error(`${name} has no login`);
    while (untouched.has(logins % users)) logins += 1;
    const client: Client = { ...createClient(logins % users), forwardedFor: benchAddress(logins) };
    logins += 1;
    return { call, client };
  };
}

async function runSlices(bench: Bench, contestant: Prepared): Promise<FloodRound> {
  const { next, asking } = contestant;
  const single = await measure(contestant, { connections: 1, seconds: bench.options.seconds, next });
  const idle = await probe(bench, contestant, asking);
  const seconds = openLoopSeconds(bench.options) + 0.1;
  const load = measure(contestant, { connections: flooding, seconds, next });
  const [beside, flood] = await Promise.all([probe(bench, contestant, asking), load]);
  return { single, flood, idle, beside };
}
