import { createClient } from "../clients.ts";
import { cpuCells, cpuColumns, rateCells, rateColumns } from "../columns.ts";
import { type Contestant, startContestant } from "../contestant.ts";
import { yardsticks } from "../descriptions/all.ts";
import type { Description } from "../descriptions/description.ts";
import { readMemory } from "../machine/process-figures.ts";
import { type Bench, inTurn, measure, type Slice, type Work, warmUp } from "../measure.ts";
import { contestantsOf } from "../options.ts";
import { type Rounds, runRounds } from "../rounds.ts";
import { cheapest, median } from "../statistics.ts";
import { type Cell, formatTable } from "../table.ts";

const connections = 8;
/** Pages of one session, as one user has it open. */
const sessionsOfUser = 5;
/** How often each contestant is started anew. */
const starts = 7;
/** So many pages are made before memory is read again. */
const manyPages = 10_000;
/** What was only needed to start is collected by then. */
const idleMs = 40_000;

/** One page of one contestant. */
interface Page {
  name: string;
  contestant: Contestant;
  work: Work;
}

/** What a page costs beside an empty one of Next alone, what the process holds, and how soon it answers. */
export async function runPages(bench: Bench): Promise<string> {
  const descriptions = contestantsOf("pages", bench.options).filter(({ calls }) => calls.pages);
  const startTable = await measureStarts(bench, descriptions);
  const pages: Page[] = [];
  const memory: Cell[][] = [];
  for (const description of descriptions) {
    const contestant = await startContestant(description, bench.options);
    await new Promise((resolve) => setTimeout(resolve, idleMs));
    const idle = readMemory(contestant.pid).now;
    const own = await pagesOf(bench, contestant);
    const after = await afterManyPages(bench, contestant, own);
    memory.push([contestant.name, idle, after, readMemory(contestant.pid).peak]);
    pages.push(...own);
    bench.say(`  ${contestant.name} is ready`);
  }
  const rounds = await runRounds<Page, Slice>(bench, pages, ({ contestant, work }) => measure(contestant, work));
  for (const contestant of new Set(pages.map((page) => page.contestant))) await contestant.stop();
  return [costTable(pages, rounds), memoryTable(memory), startTable].join("\n\n");
}

/** Each page of a contestant with the login that it needs. */
async function pagesOf({ options }: Bench, contestant: Contestant): Promise<Page[]> {
  const { pages = {}, login } = contestant.description.calls;
  const client = createClient(0);
  // With the session that the user was seeded with.
  for (let session = 1; login && session < sessionsOfUser; session += 1) await contestant.ask(login, client);
  return Object.entries(pages).map(([path, call]) => ({
    name: `${contestant.name} ${path}`,
    contestant,
    work: { connections, seconds: options.seconds, next: inTurn(contestant, call, [client]) },
  }));
}

/** Each page as often, one after the other, which warms them up, too. */
async function afterManyPages({ options }: Bench, contestant: Contestant, pages: readonly Page[]): Promise<number> {
  const warm = { ...options, warmUp: Math.ceil(Math.min(manyPages, options.warmUp) / pages.length) };
  for (const { work } of pages) await warmUp(contestant, warm, { ...work, patienceSeconds: 300 });
  return readMemory(contestant.pid).now;
}

function costTable(pages: readonly Page[], rounds: Rounds<Slice>): string {
  const against = { base: `${yardsticks.page} /`, of: (slice: Slice) => slice };
  return formatTable(
    ["page", ...cpuColumns, ...rateColumns("pages")],
    pages.map(({ name }) => [name, ...cpuCells(rounds, name, against), ...rateCells(rounds, name, against)]),
  );
}

function memoryTable(rows: readonly Cell[][]): string {
  const base = rows.find(([name]) => name === yardsticks.page);
  const ratio = (value: Cell, of: Cell) =>
    typeof value === "number" && typeof of === "number" ? value / of : undefined;
  return formatTable(
    ["contestant", "idle (MiB)", "ratio", "after 10,000 pages (MiB)", "ratio", "most (MiB)"],
    rows.map(([name, idle, after, most]) => [name, idle, ratio(idle, base?.[1]), after, ratio(after, base?.[2]), most]),
  );
}

/** From the start of the process to its first answer, in turns. */
async function measureStarts(bench: Bench, descriptions: readonly Description[]): Promise<string> {
  const times = new Map<string, number[]>();
  for (let round = 0; round < starts; round += 1) {
    for (const description of descriptions) {
      const contestant = await startContestant(description, bench.options);
      times.set(description.name, [...(times.get(description.name) ?? []), contestant.readyAfterMs]);
      await contestant.stop();
    }
  }
  const base = times.get(yardsticks.page) ?? [];
  return formatTable(
    ["contestant", "start to first answer, fastest (ms)", "ratio", "median (ms)", "ratio"],
    [...times].map(([name, values]) => [
      name,
      cheapest(values),
      base.length > 0 ? cheapest(values) / cheapest(base) : undefined,
      median(values),
      base.length > 0 ? median(values) / median(base) : undefined,
    ]),
  );
}
