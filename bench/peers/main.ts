// `npm run bench peers`: this product and what people would use instead, side by side in one run. README.md says what is measured.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { cpus, release } from "node:os";
import { join } from "node:path";
import { descriptions } from "./descriptions/all.ts";
import type { WorkloadName } from "./descriptions/description.ts";
import { contestantsFolder } from "./descriptions/peers.ts";
import { createOpenLoop } from "./load/open-loop.ts";
import { type Disk, inspectDisk } from "./machine/disk.ts";
import type { Bench } from "./measure.ts";
import { type Options, readOptions } from "./options.ts";
import { formatNumber, formatTable } from "./table.ts";
import { runFlood } from "./workloads/flood.ts";
import { runGrowth } from "./workloads/growth.ts";
import { runCalls } from "./workloads/me.ts";
import { runPages } from "./workloads/pages.ts";
import { runRefresh } from "./workloads/refresh.ts";
import { runStorm } from "./workloads/storm.ts";

const titles: Record<WorkloadName, string> = {
  me: "The protected call",
  batch: "Five protected calls in one request",
  refresh: "Refresh",
  flood: "Login",
  growth: "Growth",
  storm: "Fifty refreshes with one token",
  pages: "Pages, memory and start",
};

const runs: Record<WorkloadName, (bench: Bench) => Promise<string>> = {
  me: (bench) => runCalls(bench, "me"),
  batch: (bench) => runCalls(bench, "batch"),
  refresh: runRefresh,
  flood: runFlood,
  growth: runGrowth,
  storm: runStorm,
  pages: runPages,
};

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  // Made by this run and removed after it; the folder that was named stays.
  const dataFolder = join(options.dataFolder, `run-${process.pid}`);
  const disk = inspectDisk(options.dataFolder);
  const bench: Bench = {
    options: { ...options, dataFolder },
    openLoop: createOpenLoop(),
    say: (text) => process.stderr.write(`${text}\n`),
  };
  process.on("exit", () => rmSync(dataFolder, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));
  console.log(`${describeMachine(disk, options)}\n\n${describeContestants()}`);
  for (const workload of options.workloads) {
    bench.say(`${titles[workload]}:`);
    const begin = performance.now();
    const tables = await runs[workload](bench);
    bench.say(`  ${Math.round((performance.now() - begin) / 1000)} s`);
    console.log(`\n## ${titles[workload]}\n\n${tables}`);
    rmSync(dataFolder, { recursive: true, force: true });
  }
  bench.openLoop.stop();
}

interface Manifest {
  version: string;
  dependencies: Record<string, string>;
}

function describeMachine({ fileSystem, device, fdatasyncMicroseconds }: Disk, { rounds, seconds }: Options): string {
  const [processor] = cpus();
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  return [
    `- Machine: ${cpus().length} x ${processor?.model.trim()}, Linux ${release()}, Node ${process.versions.node}`,
    `- Disk: ${fileSystem} on ${device}, an fdatasync takes ${formatNumber(fdatasyncMicroseconds)} µs (median)`,
    `- Run: ${rounds} rounds, slices of ${seconds} s, commit ${commit}, ${new Date().toISOString().slice(0, 10)}`,
    `- Versions: ${describeVersions()}`,
  ].join("\n");
}

/** Of the contestants' packages, which are pinned, and of the SQLite driver, which is the product's. */
function describeVersions(): string {
  const read = (file: string) => JSON.parse(readFileSync(join(contestantsFolder, file), "utf8")) as Manifest;
  const driver = Number(process.versions.node.split(".")[0]) >= 22 ? "better-sqlite3-13" : "better-sqlite3";
  const { version } = read(`../../../packages/db/node_modules/${driver}/package.json`);
  return Object.entries({ ...read("package.json").dependencies, "better-sqlite3": version })
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
}

function describeContestants(): string {
  return formatTable(
    ["contestant", "what it is"],
    descriptions.map(({ name, about }) => [name, about]),
    2,
  );
}

await main().catch((error: unknown) => {
  process.stderr.write(`The run ends. ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
});
