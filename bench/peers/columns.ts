import type { Slice } from "./measure.ts";
import { figures, pooled, type Rounds } from "./rounds.ts";
import { cheapest, median, quantile, roundRatios } from "./statistics.ts";
import { type Cell, formatNumber, formatSpread } from "./table.ts";

/** Beyond this share of a core the load may be what was measured. */
const generatorLimit = 0.8;

export const cpuColumns = ["CPU, cheapest round (µs)", "ratio", "ratio by rounds (quartiles)"];

/** Of the cheapest rounds, and of all rounds beside them. */
export function cpuCells<T>(rounds: Rounds<T>, name: string, { base, of }: Against<T>): Cell[] {
  const values = figures(rounds, name, (slice) => of(slice).cpuMicroseconds);
  const baseValues = figures(rounds, base, (slice) => of(slice).cpuMicroseconds);
  const ratio = baseValues.length > 0 ? cheapest(values) / cheapest(baseValues) : undefined;
  return [cheapest(values), ratio, ratioCell(values, baseValues)];
}

export const rateColumns = (what: string) => [`${what} a second`, "ratio by rounds (quartiles)", "generator"];

/** The generator's share stands beside the rate: where it is too large, the rate is a lower bound. */
export function rateCells<T>(rounds: Rounds<T>, name: string, { base, of }: Against<T>): Cell[] {
  const values = figures(rounds, name, (slice) => of(slice).perSecond);
  const baseValues = figures(rounds, base, (slice) => of(slice).perSecond);
  const share = median(figures(rounds, name, (slice) => of(slice).generatorShare));
  const bound = share > generatorLimit ? "≥ " : "";
  return [`${bound}${formatNumber(median(values))}`, ratioCell(values, baseValues), share];
}

interface Against<T> {
  /** The name of the yardstick. */
  base: string;
  of: (slice: T) => Slice;
}

const ratioCell = (values: readonly number[], base: readonly number[]) =>
  base.length > 0 ? formatSpread(roundRatios(values, base)) : undefined;

export const latencyColumns = ["idle p50 (ms)", "idle p99", "beside p50", "beside p99", "p99 beside / idle", "samples"];

/** One row for each contestant: `me` without a load, and beside it. */
export function latencyRows<T extends { idle: number[]; beside: number[] }>(
  rounds: Rounds<T>,
  names: readonly string[],
): Cell[][] {
  return names.map((name) => {
    const idle = pooled(rounds, name, (round) => round.idle);
    const beside = pooled(rounds, name, (round) => round.beside);
    return [name, ...latencyCells(idle, beside)];
  });
}

function latencyCells(idle: readonly number[], beside: readonly number[]): Cell[] {
  const [before, after] = [quantile(idle, 0.99), quantile(beside, 0.99)];
  const samples = Math.min(idle.length, beside.length).toLocaleString("en");
  return [quantile(idle, 0.5), before, quantile(beside, 0.5), after, after / before, samples];
}
