import { cpuCells, cpuColumns, rateCells, rateColumns } from "../columns.ts";
import { type Contestant, startContestant } from "../contestant.ts";
import { yardsticks } from "../descriptions/all.ts";
import { type Bench, inTurn, logInClients, measure, type Slice, warmUp } from "../measure.ts";
import { contestantsOf } from "../options.ts";
import { runRounds } from "../rounds.ts";
import { formatTable } from "../table.ts";

const connections = 16;

/** The protected call, or five of them in one request: what it costs, and how many fit into a second. */
export async function runCalls(bench: Bench, workload: "me" | "batch"): Promise<string> {
  const { options } = bench;
  const works = new Map<Contestant, Parameters<typeof measure>[1]>();
  for (const description of contestantsOf(workload, options)) {
    const call = description.calls[workload];
    if (!call) continue;
    const contestant = await startContestant(description, options);
    const clients = await logInClients(contestant, options.sessions);
    const work = { connections, seconds: options.seconds, next: inTurn(contestant, call, clients) };
    await warmUp(contestant, options, work);
    works.set(contestant, work);
    bench.say(`  ${contestant.name} is ready`);
  }
  const contestants = [...works.keys()];
  const rounds = await runRounds<Contestant, Slice>(bench, contestants, (contestant) => {
    const work = works.get(contestant);
    if (!work) throw new Error(`${contestant.name} was not started`);
    return measure(contestant, work);
  });
  for (const contestant of contestants) await contestant.stop();
  const against = { base: yardsticks.carrier, of: (slice: Slice) => slice };
  return formatTable(
    ["contestant", ...cpuColumns, ...rateColumns("requests")],
    contestants.map(({ name }) => [name, ...cpuCells(rounds, name, against), ...rateCells(rounds, name, against)]),
  );
}
