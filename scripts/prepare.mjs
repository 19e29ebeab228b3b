// Makes a fresh clone ready: the right Node, the packages, the build. Each step is skipped when nothing has changed, so
// that a second start is up in seconds. Shared by `npm start` and `npm test`.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadEnvFile } from "./env-file.mjs";
import { planInstall } from "./install-plan.mjs";
import { prepareDriver } from "./sqlite-driver.mjs";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`Watchword needs Node 20.19 or newer. This is ${process.versions.node}`);
}

/** Takes over the settings in `.env`. */
export function readSettings() {
  const problem = loadEnvFile(join(root, ".env"));
  if (problem !== undefined) fail(`Watchword does not start. ${problem}`);
}

/** Installs what runs and builds, or with `whole` also what checks and tests; nothing when that is there already. */
export function install({ whole = false } = {}) {
  const stampFile = join(root, "node_modules", ".watchword-installed");
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "pnpm-lock.yaml")))
    .digest("hex");
  const { packages, driver, stamp } = planInstall({
    whole,
    lock,
    abi: process.versions.modules,
    stamp: existsSync(stampFile) ? readFileSync(stampFile, "utf8") : "",
    hasTestTools: existsSync(join(root, "node_modules", "vitest")),
  });
  if (packages !== undefined) {
    say(packages === "whole" ? "Installing packages, with those of the tests" : "Installing packages");
    // From lean to whole, pnpm makes the links of each workspace anew, and would ask first.
    const unasked = "--config.confirm-modules-purge=false";
    const quiet = ["--reporter=append-only", "--loglevel=warn"];
    const prod = `--prod=${packages === "lean"}`;
    run("npx", ["--yes", packageManager, "install", "--frozen-lockfile", prod, unasked, ...quiet]);
  }
  if (!driver) return;
  const problem = prepareDriver(root, { say });
  if (problem !== undefined) fail(problem);
  writeFileSync(stampFile, stamp);
}

/** Builds the app and the command. Turbo knows what has changed since, and does nothing when nothing has. */
export function build() {
  say("Building");
  run("turbo", ["run", "build", "--output-logs=errors-only", "--no-color"], { NEXT_TELEMETRY_DISABLED: "1" });
}

export function run(command, args, env = {}) {
  const { status } = spawnSync(command, args, { ...spawning, stdio: "inherit", env: { ...withBin(), ...env } });
  if (status !== 0) fail(`"${command} ${args.join(" ")}" did not work. What it wrote above says why`);
}

/** On Windows the tools are scripts of a shell: `npx.cmd`. */
export const spawning = { cwd: root, shell: process.platform === "win32" };

/** The environment with the project's own tools on PATH, also when this was not started by npm; and nothing advertised. */
export function withBin() {
  const bin = join(root, "node_modules", ".bin");
  return {
    ...process.env,
    PATH: [bin, process.env.PATH ?? ""].join(delimiter),
    DO_NOT_TRACK: "1",
    NEXT_TELEMETRY_DISABLED: "1",
    TURBO_TELEMETRY_DISABLED: "1",
    TURBO_NO_UPDATE_NOTIFIER: "1",
    npm_config_update_notifier: "false",
    npm_config_fund: "false",
    npm_config_audit: "false",
  };
}

export function say(text) {
  process.stdout.write(`  ${text}\n`);
}

export function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
