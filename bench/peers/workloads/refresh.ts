import { cpuCells, cpuColumns, latencyColumns, latencyRows, rateCells, rateColumns } from "../columns.ts";
import { type Contestant, startContestant } from "../contestant.ts";
import { yardsticks } from "../descriptions/all.ts";
import type { Client } from "../descriptions/description.ts";
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
import { runRounds } from "../rounds.ts";
import { formatTable } from "../table.ts";

const crowds = [1, 8, 32] as const;
type Crowd = (typeof crowds)[number];
const besideCrowd: Crowd = 8;
const probing = 8;

interface Prepared extends Contestant {
  /** Each of them refreshes, and then refreshes with what it got. */
  refreshing: Client[];
  /** They only ask `me`. */
  asking: Client[];
}

interface RefreshRound {
  crowds: Record<Crowd, Slice>;
  idle: number[];
  beside: number[];
}

/** Chains of refreshes by 1, 8 and 32 clients, and how long `me` of others takes meanwhile. */
export async function runRefresh(bench: Bench): Promise<string> {
  const { options } = bench;
  const contestants: Prepared[] = [];
  for (const description of contestantsOf("refresh", options)) {
    if (description.calls.refresh) contestants.push(await prepare(bench, description));
  }
  const rounds = await runRounds(bench, contestants, (contestant) => runSlices(bench, contestant));
  for (const contestant of contestants) await contestant.stop();
  const names = contestants.map(({ name }) => name);
  const tables = crowds.map((crowd) => {
    const against = { base: yardsticks.login, of: (round: RefreshRound) => round.crowds[crowd] };
    const rows = names.map((name) => [name, ...rateCells(rounds, name, against), ...cpuCells(rounds, name, against)]);
    const columns = ["contestant", ...rateColumns("refreshes"), ...cpuColumns];
    return `${crowd} ${crowd === 1 ? "client" : "clients"}:\n\n${formatTable(columns, rows)}`;
  });
  const latencies = latencyRows(rounds, names);
  const beside = formatTable(["contestant", ...latencyColumns], latencies);
  return [...tables, `\`me\` beside ${besideCrowd} clients that refresh:\n\n${beside}`].join("\n\n");
}

async function prepare(bench: Bench, description: Contestant["description"]): Promise<Prepared> {
  const contestant = await startContestant(description, bench.options);
  const most = Math.max(...crowds);
  const clients = await logInClients(contestant, most + probing);
  const prepared = { ...contestant, refreshing: clients.slice(0, most), asking: clients.slice(most) };
  const { me } = description.calls;
  await warmUp(contestant, bench.options, { connections: most, next: refreshOf(prepared) });
  await warmUp(contestant, bench.options, { connections: most, next: inTurn(contestant, me, prepared.asking) });
  bench.say(`  ${contestant.name} is ready`);
  return prepared;
}

function refreshOf({ name, description, refreshing }: Prepared): Work["next"] {
  const call = description.calls.refresh;
  return (connection) => {
    const client = refreshing[connection];
    if (!call || !client) throw new Error(`${name} cannot refresh`);
    return { call, client };
  };
}

async function runSlices(bench: Bench, contestant: Prepared): Promise<RefreshRound> {
  const { seconds } = bench.options;
  const refresh = (connections: number, forSeconds: number) =>
    measure(contestant, { connections, seconds: forSeconds, next: refreshOf(contestant) });
  const idle = await probe(bench, contestant, contestant.asking);
  const slices = { 1: await refresh(1, seconds), 8: await refresh(8, seconds), 32: await refresh(32, seconds) };
  // Longer than the open loop, so that none of its requests finds the server idle.
  const load = refresh(besideCrowd, openLoopSeconds(bench.options) + 0.1);
  const [beside] = await Promise.all([probe(bench, contestant, contestant.asking), load]);
  return { crowds: slices, idle, beside };
}
