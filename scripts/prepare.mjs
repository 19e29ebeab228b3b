// Makes a fresh clone ready: the right Node, the packages, the build. Each step is skipped when nothing has changed, so
// that a second start is up in seconds. Shared by `npm start` and `npm test`.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`Watchword needs Node 20.19 or newer. This is ${process.versions.node}`);
}

/** Installs what is missing. The stamp is the lockfile and the Node that native parts were built for. */
export function install() {
  const stampFile = join(root, "node_modules", ".watchword-installed");
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "pnpm-lock.yaml")))
    .digest("hex");
  const stamp = `${lock} ${process.versions.modules}`;
  const installed = existsSync(stampFile) ? readFileSync(stampFile, "utf8") : undefined;
  if (installed === stamp) return;
  say("Installing packages");
  run("npx", ["--yes", packageManager, "install", "--frozen-lockfile", "--reporter=append-only"]);
  if (installed !== undefined) run("npx", ["--yes", packageManager, "rebuild", "-r", "better-sqlite3"]);
  writeFileSync(stampFile, stamp);
}

/** Builds the app and the command. Turbo knows what has changed since, and does nothing when nothing has. */
export function build() {
  say("Building");
  run("turbo", ["run", "build", "--output-logs=errors-only", "--no-color"], { NEXT_TELEMETRY_DISABLED: "1" });
}

export function run(command, args, env = {}) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit", env: { ...withBin(), ...env } });
  if (status !== 0) fail(`"${command} ${args.join(" ")}" did not work`);
}

/** The environment with the project's own tools on PATH, also when this was not started by npm. */
export function withBin() {
  const bin = join(root, "node_modules", ".bin");
  return { ...process.env, PATH: `${bin}:${process.env.PATH ?? ""}`, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" };
}

export function say(text) {
  process.stdout.write(`  ${text}\n`);
}

export function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
