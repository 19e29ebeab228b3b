import { statSync } from "node:fs";
import { createClient } from "../clients.ts";
import { type Contestant, startContestant } from "../contestant.ts";
import { yardsticks } from "../descriptions/all.ts";
import type { Client, Description } from "../descriptions/description.ts";
import { readMemory } from "../machine/process-figures.ts";
import { type Bench, inTurn, logInClients, measure, type Work, warmUp } from "../measure.ts";
import { contestantsOf } from "../options.ts";
import { figures, type Rounds, runRounds } from "../rounds.ts";
import { cheapest } from "../statistics.ts";
import { type Cell, formatSpread, formatTable } from "../table.ts";

const connections = 8;

interface Prepared extends Contestant {
  /** What the contestant is called without its size. */
  family: string;
  clients: Client[];
  next: Partial<Record<"me" | "refresh" | "login", Work["next"]>>;
  databaseBytes: number;
}

/** Processor time in microseconds. */
interface GrowthRound {
  me: number;
  refresh: number;
  login: number;
}

/** The same calls with a thousand, a hundred thousand and a million users and sessions. */
export async function runGrowth(bench: Bench): Promise<string> {
  const prepared: Prepared[] = [];
  for (const description of contestantsOf("growth", bench.options)) {
    const sizes = description.seed ? bench.options.sizes : [1];
    for (const size of sizes) prepared.push(await prepare(bench, description, size));
  }
  const rounds = await runRounds(bench, prepared, (contestant) => runSlices(bench, contestant));
  const rows = prepared.map((contestant) => rowOf(contestant, rounds));
  for (const contestant of prepared) await contestant.stop();
  const costs = formatTable(
    ["contestant", "me (µs)", "refresh (µs)", "login (ms)", "memory (MiB)", "bytes a user on the disk"],
    rows,
  );
  return `${costs}\n\n${growthTable(bench, prepared, rounds)}`;
}

async function prepare(bench: Bench, description: Description, users: number): Promise<Prepared> {
  const contestant = await startContestant(description, { ...bench.options, users });
  const { databaseFile, users: seeded } = contestant;
  const databaseBytes = description.seed ? statSync(databaseFile).size : 0;
  const clients = await logInClients(contestant, connections + bench.options.sessions);
  const { me, refresh, login } = description.calls;
  const next: Prepared["next"] = { me: inTurn(contestant, me, clients) };
  await warmUp(contestant, bench.options, { connections, next: inTurn(contestant, me, clients) });
  if (refresh && login) {
    next.refresh = (connection) => ({ call: refresh, client: clients[connection] ?? createClient(0) });
    await warmUp(contestant, bench.options, { connections, next: next.refresh });
    // Its clients have changed their tokens since.
    next.me = inTurn(contestant, me, clients.slice(connections));
    next.login = loginsOver(seeded, new Set(clients.map(({ email }) => email)), login);
  }
  bench.say(`  ${contestant.name} with ${users.toLocaleString("en")} users is ready`);
  return {
    ...contestant,
    name: `${description.name}@${users}`,
    family: description.name,
    clients,
    next,
    databaseBytes,
  };
}

/** Users from all over the database, but none with a client: a login may end their session. */
function loginsOver(users: number, taken: ReadonlySet<string>, call: ReturnType<Work["next"]>["call"]): Work["next"] {
  const step = 7_919; // a prime, so that all users have their turn
  let logins = 0;
  return () => {
    for (;;) {
      logins += 1;
      const client = createClient((logins * step) % users);
      if (!taken.has(client.email)) return { call, client };
    }
  };
}

async function runSlices(bench: Bench, contestant: Prepared): Promise<GrowthRound> {
  const { seconds } = bench.options;
  const cost = async (next: Work["next"] | undefined, on: number) =>
    next ? (await measure(contestant, { connections: on, seconds, next })).cpuMicroseconds : Number.NaN;
  return {
    me: await cost(contestant.next.me, connections),
    refresh: await cost(contestant.next.refresh, connections),
    login: await cost(contestant.next.login, 1),
  };
}

const cheapestOf = (rounds: Rounds<GrowthRound>, name: string, figure: keyof GrowthRound) =>
  cheapest(figures(rounds, name, (round) => round[figure]));

function rowOf({ name, pid, users, description, databaseBytes }: Prepared, rounds: Rounds<GrowthRound>): Cell[] {
  return [
    name,
    cheapestOf(rounds, name, "me"),
    cheapestOf(rounds, name, "refresh"),
    cheapestOf(rounds, name, "login") / 1000,
    readMemory(pid).now,
    description.seed ? databaseBytes / users : undefined,
  ];
}

/** From the smallest to the largest: of `me` as a part of what the yardstick costs, of the others as a ratio. */
function growthTable({ options }: Bench, prepared: readonly Prepared[], rounds: Rounds<GrowthRound>): string {
  const [smallest, largest] = [Math.min(...options.sizes), Math.max(...options.sizes)];
  const base = `${yardsticks.carrier}@1`;
  const families = new Set(prepared.filter(({ description }) => description.seed).map(({ family }) => family));
  const rows = [...families].map((family): Cell[] => {
    const [small, large] = [`${family}@${smallest}`, `${family}@${largest}`];
    const growth = (figure: keyof GrowthRound) => cheapestOf(rounds, large, figure) / cheapestOf(rounds, small, figure);
    const baseCost = rounds.has(base) ? cheapestOf(rounds, base, "me") : Number.NaN;
    const added = (cheapestOf(rounds, large, "me") - cheapestOf(rounds, small, "me")) / baseCost;
    const ofBase = figures(rounds, base, ({ me }) => me);
    const ofSmall = figures(rounds, small, ({ me }) => me);
    const byRounds = figures(rounds, large, ({ me }) => me).map(
      (cost, round) => (cost - (ofSmall[round] ?? Number.NaN)) / (ofBase[round] ?? Number.NaN),
    );
    return [family, added, formatSpread(byRounds), growth("me"), growth("refresh"), growth("login")];
  });
  const columns = ["me, added / yardstick", "by rounds (quartiles)", "me, ratio", "refresh, ratio", "login, ratio"];
  const from = `From ${smallest.toLocaleString("en")} to ${largest.toLocaleString("en")} users`;
  return `${from}, cheapest rounds; the yardstick is ${yardsticks.carrier}:\n\n${formatTable(["contestant", ...columns], rows)}`;
}
