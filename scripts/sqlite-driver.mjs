// The native part of the SQLite driver. Version 13 brings its own, for Node 22 and newer. Version 12 is for Node 20 alone
// (packages/db/src/sqlite/connection/driver.ts), and is compiled here when it is missing or was made for another Node.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

/** Makes sure that this Node can load its driver. Returns a sentence when it cannot. */
export function prepareDriver(root, { say }) {
  const nodeMajor = Number(process.versions.node.split(".")[0]);
  const name = nodeMajor >= 22 ? "better-sqlite3-13" : "better-sqlite3";
  const fromDatabase = createRequire(join(root, "packages", "db", "package.json"));
  if (loads(fromDatabase, name)) return undefined;
  if (nodeMajor >= 22) return `There is no SQLite for ${process.platform} on ${process.arch} in better-sqlite3 13`;
  say("Compiling SQLite for Node 20, about a minute");
  const folder = dirname(fromDatabase.resolve(`${name}/package.json`));
  const { status, stdout, error } = spawnSync("npm", ["run", "install", "--foreground-scripts"], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === "win32",
    env: { ...process.env, npm_config_update_notifier: "false" },
  });
  if (status === 0 && loads(fromDatabase, name)) return undefined;
  const log = join(root, "node_modules", ".cache", "better-sqlite3.log");
  mkdirSync(dirname(log), { recursive: true });
  writeFileSync(log, stdout ?? String(error));
  const missing = missingTools();
  const reason = missing.length > 0 ? `${missing.join(", ")} missing here` : `see ${log}`;
  return `SQLite could not be compiled for Node 20: ${reason}. Install a C++ compiler, make and Python 3 (on Debian: apt-get install g++ make python3), or use Node 22 or newer, which needs none of them`;
}

/** In a process of its own: what was made for another Node may end the one that loads it. */
function loads(require, name) {
  const script = `new (require(${JSON.stringify(require.resolve(name))}))(":memory:").close()`;
  return spawnSync(process.execPath, ["-e", script], { stdio: "ignore" }).status === 0;
}

function missingTools() {
  const oneOf = [["g++", "c++", "clang++"], ["make"], ["python3", "python"]];
  return oneOf.filter((names) => !names.some(isOnPath)).map(([name]) => name);
}

function isOnPath(name) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.some(
    (folder) => spawnSync(join(folder, name), ["--version"], { stdio: "ignore" }).error === undefined,
  );
}
