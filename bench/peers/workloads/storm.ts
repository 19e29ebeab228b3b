import { setTimeout as delay } from "node:timers/promises";
import { type Contestant, keepAnswer, problemWith, startContestant } from "../contestant.ts";
import type { Call, Client } from "../descriptions/description.ts";
import { Connection, type HttpResponse } from "../load/connection.ts";
import { commitsBetween, readWal } from "../machine/wal.ts";
import { type Bench, logInClients } from "../measure.ts";
import { contestantsOf } from "../options.ts";
import { median } from "../statistics.ts";
import { type Cell, formatTable } from "../table.ts";

const tabs = 50;
/** Tokens that are made of nothing but claims and a second differ only after it. */
const otherSecondMs = 1_100;

interface Storm {
  answered: number;
  successors: number;
  commits: number | undefined;
  /** Can a tab go on that kept the first good answer, the last one? */
  firstGoesOn: boolean;
  lastGoesOn: boolean;
  /** Is the token of before good afterwards? */
  oldTokenIsGood: boolean;
  /** And does the session end with its use? */
  replayEndsSession: boolean;
}

/** Fifty tabs refresh with one token at one moment: how many get an answer, and is the user still logged in? */
export async function runStorm(bench: Bench): Promise<string> {
  const { options } = bench;
  const rows: Cell[][] = [];
  for (const description of contestantsOf("storm", options)) {
    const { refresh } = description.calls;
    if (!refresh) continue;
    const contestant = await startContestant(description, options);
    const clients = await logInClients(contestant, options.storms);
    await delay(otherSecondMs);
    const storms: Storm[] = [];
    for (const client of clients) storms.push(await refreshAtOnce(contestant, refresh, client));
    await contestant.stop();
    rows.push(rowOf(contestant.name, storms));
    bench.say(`  ${contestant.name} has been through ${storms.length} storms`);
  }
  const columns = ["answered of 50, median", "least", "successors", "commits"];
  const after = [
    "logged out, kept the first",
    "logged out, kept the last",
    "old token good afterwards",
    "its use ends the session",
  ];
  return formatTable(["contestant", "storms", ...columns, ...after], rows);
}

async function refreshAtOnce(contestant: Contestant, refresh: Call, client: Client): Promise<Storm> {
  const bytes = contestant.encode(refresh, client);
  const before = readWal(contestant.databaseFile);
  const answers = await sendAtOnce(contestant.port, bytes);
  const commits = commitsBetween(before, readWal(contestant.databaseFile));
  const good = answers.flatMap((answer) => {
    const kept = copyOf(client);
    if (problemWith(refresh, client, answer) !== undefined) return [];
    keepAnswer(contestant, refresh, { client: kept, answer });
    return [kept];
  });
  const successors = new Set(good.map(tokensOf)).size;
  // The last one first: what follows it may end the session.
  const last = good.at(-1) ?? copyOf(client);
  const lastGoesOn = await goesOn(contestant, refresh, last);
  const firstGoesOn = await goesOn(contestant, refresh, good[0] ?? copyOf(client));
  await delay(otherSecondMs);
  const oldTokenIsGood = await isGood(contestant, refresh, copyOf(client));
  return {
    answered: good.length,
    successors,
    commits,
    firstGoesOn,
    lastGoesOn,
    oldTokenIsGood,
    replayEndsSession: !(oldTokenIsGood || (await isGood(contestant, refresh, last))),
  };
}

async function sendAtOnce(port: number, bytes: Buffer): Promise<HttpResponse[]> {
  const answers: HttpResponse[] = [];
  await new Promise<void>((resolve, reject) => {
    const take = (answer: HttpResponse) => {
      if (answers.push(answer) === tabs) resolve();
    };
    const connections = Array.from({ length: tabs }, () => new Connection(port, take, reject));
    const connected = Promise.all(connections.map((connection) => connection.connected()));
    connected.then(() => {
      for (const connection of connections) connection.send(bytes);
    }, reject);
  });
  return answers;
}

const copyOf = (client: Client): Client => ({ ...client, cookies: new Map(client.cookies) });

/** Compared before the client goes on. */
const tokensOf = ({ refreshToken, cookies }: Client) =>
  refreshToken || [...cookies].find(([name]) => /refresh|session[_-]token/.test(name))?.[1];

/** By the next request, and by the next refresh. */
async function goesOn(contestant: Contestant, refresh: Call, client: Client): Promise<boolean> {
  return (await isGood(contestant, contestant.description.calls.me, client)) && isGood(contestant, refresh, client);
}

async function isGood(contestant: Contestant, call: Call, client: Client): Promise<boolean> {
  return contestant.ask(call, client).then(
    () => true,
    () => false,
  );
}

function rowOf(name: string, storms: readonly Storm[]): Cell[] {
  const count = (matches: (storm: Storm) => boolean) => `${storms.filter(matches).length} of ${storms.length}`;
  return [
    name,
    String(storms.length),
    String(median(storms.map(({ answered }) => answered))),
    String(Math.min(...storms.map(({ answered }) => answered))),
    String(median(storms.map(({ successors }) => successors))),
    String(median(storms.flatMap(({ commits }) => commits ?? []))),
    count(({ firstGoesOn }) => !firstGoesOn),
    count(({ lastGoesOn }) => !lastGoesOn),
    count(({ oldTokenIsGood }) => oldTokenIsGood),
    count(({ replayEndsSession }) => replayEndsSession),
  ];
}
