import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { descriptions } from "./descriptions/all.ts";
import { type Description, type WorkloadName, workloads } from "./descriptions/description.ts";

export interface Options {
  rounds: number;
  /** Of one slice. */
  seconds: number;
  workloads: readonly WorkloadName[];
  /** Undefined for those that belong to a workload. */
  contestants: readonly Description[] | undefined;
  users: number;
  /** How many users the databases of `growth` have. */
  sizes: readonly number[];
  /** How many sessions the calls are spread over. */
  sessions: number;
  /** Requests of each kind before the first round. */
  warmUp: number;
  /** How many latencies are pooled over the rounds, idle and beside the load. */
  samples: number;
  /** Between two instants of the open loop. */
  gapMs: number;
  /** How often fifty refreshes arrive at once. */
  storms: number;
  dataFolder: string;
}

/** Each workload once, in minutes: it shows that everything works, and its figures say nothing. */
const selftest = {
  rounds: "2",
  seconds: "0.3",
  users: "300",
  sizes: "300,1000",
  sessions: "8",
  "warm-up": "300",
  samples: "200",
  storms: "2",
};

const defaults = {
  rounds: "21",
  seconds: "1",
  users: "10000",
  sizes: "1000,100000,1000000",
  sessions: "64",
  "warm-up": "10000",
  samples: "10000",
  storms: "20",
};

const text = { type: "string" } as const;

/** @throws when an option is none, or has no value that it can have */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ rounds: text, seconds: text, users: text, sizes: text, sessions: text, "warm-up": text },
      ...{ samples: text, gap: text, storms: text, workloads: text, contestants: text, data: text },
      selftest: { type: "boolean" },
    },
  });
  const given = { ...defaults, gap: "5", ...(values.selftest ? selftest : {}), ...values };
  return {
    rounds: positive("rounds", given.rounds),
    seconds: positive("seconds", given.seconds),
    users: positive("users", given.users),
    sizes: given.sizes.split(",").map((size) => positive("sizes", size)),
    sessions: positive("sessions", given.sessions),
    warmUp: positive("warm-up", given["warm-up"]),
    samples: positive("samples", given.samples),
    gapMs: positive("gap", given.gap),
    storms: positive("storms", given.storms),
    workloads: listed("workloads", values.workloads, workloads) ?? workloads,
    contestants: contestantsNamed(values.contestants),
    dataFolder: values.data ?? fileURLToPath(new URL("../../data/bench-peers", import.meta.url)),
  };
}

function positive(name: string, value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new Error(`--${name} needs a number above 0`);
  return number;
}

function listed<T extends string>(name: string, value: string | undefined, known: readonly T[]): T[] | undefined {
  return value?.split(",").map((word) => {
    const found = known.find((one) => one === word);
    if (found === undefined) throw new Error(`--${name} knows no "${word}", but ${known.join(", ")}`);
    return found;
  });
}

function contestantsNamed(value: string | undefined): Description[] | undefined {
  const names = listed(
    "contestants",
    value,
    descriptions.map(({ name }) => name),
  );
  return names && descriptions.filter(({ name }) => names.includes(name));
}

/** The contestants of one workload, in the order of the tables. */
export function contestantsOf(workload: WorkloadName, { contestants }: Options): readonly Description[] {
  return contestants ?? descriptions.filter((description) => description.workloads.includes(workload));
}
